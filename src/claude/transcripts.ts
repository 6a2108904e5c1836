import { readdirSync, statSync } from "node:fs";
import { readOwnFile } from "../runtime/files.ts";

const transcript = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$/;

/**
 * The conversation of a config dir that was last written to (`projects/<slug>/<id>.jsonl`, 2.1.329), or undefined when
 * nothing was ever said in it. `/clear` and forks give a conversation a new id, so it need not be the session's own.
 */
export function latestConversation(configDir: string): string | undefined {
  let latest: { id: string; time: number } | undefined;
  for (const slug of entries(`${configDir}/projects`)) {
    for (const name of entries(`${configDir}/projects/${slug}`)) {
      const id = transcript.exec(name)?.[1];
      if (id === undefined) continue;
      const time = statSync(`${configDir}/projects/${slug}/${name}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      if (latest === undefined || time > latest.time) latest = { id, time };
    }
  }
  return latest?.id;
}

/** The directory below `projects/` that holds a conversation: one for each working directory. */
export function slugOf(configDir: string, id: string): string | undefined {
  return entries(`${configDir}/projects`).find((slug) =>
    statSync(`${configDir}/projects/${slug}/${id}.jsonl`, { throwIfNoEntry: false })?.isFile()
  );
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** What was last asked in a config dir: the last line of its `history.jsonl` (`display`, 2.1.329; none under `-p`). */
export function lastPrompt(configDir: string): string | undefined {
  const text = readOwnFile(`${configDir}/history.jsonl`, 16 << 20);
  if (typeof text !== "string") return undefined;
  try {
    const { display } = JSON.parse(text.trimEnd().split("\n").at(-1)!) as { display?: unknown };
    return typeof display === "string" ? display : undefined;
  } catch {
    return undefined;
  }
}
