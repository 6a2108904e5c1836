import { appendFileSync } from "node:fs";
import { acceptedDirectories, covering } from "../claude/trust.ts";
import { readOwnFile } from "../runtime/files.ts";
import type { Layout } from "./paths.ts";

const largest = 1 << 20;

/**
 * What this user has accepted that covers a directory. Looked up in `~/.claude.json`, in the sessions that live and in
 * the list that ended ones leave, so it costs the same with ten thousand dead sessions.
 */
export function trustedFor(
  layout: Layout,
  live: readonly string[],
  directory: string,
  project: string,
): string[] {
  const found = covering(remembered(layout), directory, project);
  const files = [`${layout.home}/.claude.json`, ...live.map((id) => configFile(layout, id))];
  for (let next = 0; found.length === 0 && next < files.length; next++) {
    found.push(...covering(acceptedDirectories(files[next]!), directory, project));
  }
  return found;
}

/** Keeps what was accepted in a session that has ended. */
export function rememberTrust(layout: Layout, id: string): void {
  remember(layout, acceptedDirectories(configFile(layout, id)));
}

/** Keeps directories that were accepted. Lines are only ever appended, so that nothing is lost. */
export function remember(layout: Layout, accepted: readonly string[]): void {
  const known = new Set(remembered(layout));
  const fresh = accepted.filter((path) => !known.has(path));
  if (fresh.length === 0) return;
  // Each on a line that it begins itself: a full disk may have cut the last one.
  const lines = fresh.map((path) => `\n${JSON.stringify(path)}\n`);
  appendFileSync(layout.trust, lines.join(""), { mode: 0o600 });
}

const configFile = (layout: Layout, id: string) => `${layout.sessions}/${id}/.claude.json`;

/** What was accepted in sessions that have ended. */
export function remembered(layout: Layout): string[] {
  const text = readOwnFile(layout.trust, largest);
  if (typeof text !== "string") return [];
  return text.split("\n").flatMap((line) => {
    try {
      const path: unknown = JSON.parse(line);
      return typeof path === "string" ? [path] : [];
    } catch {
      // An empty line, or one that a full disk cut.
      return [];
    }
  });
}
