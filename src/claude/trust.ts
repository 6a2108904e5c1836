import { readOwnFile } from "../runtime/files.ts";

/** Larger ones are not worth the time of a start; a long-used `.claude.json` has some hundred KiB. */
const largest = 8 << 20;

/**
 * The directories whose trust dialog was accepted, as a `.claude.json` has them (`projects.<dir>.hasTrustDialogAccepted`,
 * 2.1.329). Empty for a file that is missing, broken or not this user's.
 */
export function acceptedDirectories(configFile: string): string[] {
  const text = readOwnFile(configFile, largest);
  if (typeof text !== "string" || !text.includes("hasTrustDialogAccepted")) return [];
  try {
    const { projects } = JSON.parse(text) as {
      projects?: Record<string, { hasTrustDialogAccepted?: unknown } | null>;
    };
    return Object.keys(projects ?? {}).filter((path) => projects![path]?.hasTrustDialogAccepted === true);
  } catch {
    return [];
  }
}

/**
 * Those accepted directories that make Claude Code trust `directory`: itself, a parent, or for a worktree what covers
 * its repository (2.1.329). They are repeated word for word, so trust is never wider than what was accepted.
 */
export function covering(accepted: Iterable<string>, directory: string, repository: string): string[] {
  const covers = (path: string, of: string) =>
    of === path || of.startsWith(path.endsWith("/") ? path : `${path}/`);
  return [...new Set(accepted)].filter((path) =>
    path.startsWith("/") && (covers(path, directory) || covers(path, repository))
  );
}
