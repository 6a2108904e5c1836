import { closeSync, constants, fstatSync, openSync, readSync, statSync } from "node:fs";
import { namesIn } from "../runtime/files.ts";

const transcript = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$/;

/**
 * The conversation of a config dir that was last written to (`projects/<slug>/<id>.jsonl`, 2.1.329), or undefined when
 * nothing was ever said in it. `/clear` and forks give a conversation a new id, so it need not be the session's own.
 */
export function latestConversation(configDir: string): string | undefined {
  return latestTranscript(configDir)?.id;
}

/** The same with its file and when that was last written to (ms). */
export function latestTranscript(configDir: string): { id: string; path: string; time: number } | undefined {
  let latest: { id: string; path: string; time: number } | undefined;
  for (const slug of namesIn(`${configDir}/projects`)) {
    for (const name of namesIn(`${configDir}/projects/${slug}`)) {
      const id = transcript.exec(name)?.[1];
      if (id === undefined) continue;
      const path = `${configDir}/projects/${slug}/${name}`;
      const time = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      if (latest === undefined || time > latest.time) latest = { id, path, time };
    }
  }
  return latest;
}

/** All conversations of a config dir. */
export function conversationsOf(configDir: string): string[] {
  return namesIn(`${configDir}/projects`).flatMap((slug) =>
    namesIn(`${configDir}/projects/${slug}`).flatMap((name) => transcript.exec(name)?.[1] ?? [])
  );
}

/** Of a transcript that is megabytes long, its end is enough (bytes). */
const recent = 256 << 10;

/** The whole lines among the last bytes of a transcript, parsed; the newest last. What cannot be read is left out. */
export function lastEntries(path: string): Record<string, unknown>[] {
  return lastLines(path, recent).flatMap((line) => {
    try {
      const entry: unknown = JSON.parse(line);
      return typeof entry === "object" && entry !== null ? [entry as Record<string, unknown>] : [];
    } catch {
      // The first line is mostly cut, the last one may be half written.
      return [];
    }
  });
}

/** The last lines of a file as text, the first of them perhaps cut. */
export function lastLines(path: string, most: number): string[] {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const { size } = fstatSync(descriptor);
    const bytes = new Uint8Array(Math.min(size, most));
    const read = readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
    return new TextDecoder().decode(bytes.subarray(0, read)).split("\n");
  } catch {
    return [];
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** The directory below `projects/` that holds a conversation: one for each working directory. */
export function slugOf(configDir: string, id: string): string | undefined {
  return namesIn(`${configDir}/projects`).find((slug) =>
    statSync(`${configDir}/projects/${slug}/${id}.jsonl`, { throwIfNoEntry: false })?.isFile()
  );
}
