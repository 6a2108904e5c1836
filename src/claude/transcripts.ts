import { readdirSync, statSync } from "node:fs";

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

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
