import { closeSync, openSync, readSync } from "node:fs";
import { namesIn } from "../runtime/files.ts";

/** Where Claude Code keeps what it remembers of a project by itself. */
export interface OwnMemory {
  directory: string;
  /** The directory that it was started in; undefined where no conversation tells. */
  cwd: string | undefined;
}

/**
 * Claude Code's own memories in a config dir: `projects/<slug>/memory/*.md` (seen on 2.1.329). A slug is a path with all
 * signs turned into `-`, which cannot be undone, so the directory is taken from a conversation beside it.
 */
export function ownMemories(configDir: string): OwnMemory[] {
  return namesIn(`${configDir}/projects`).flatMap((slug) => {
    const project = `${configDir}/projects/${slug}`;
    const directory = `${project}/memory`;
    if (!namesIn(directory).some((name) => name.endsWith(".md"))) return [];
    const transcripts = namesIn(project).filter((name) => name.endsWith(".jsonl"));
    const cwd = transcripts.map((name) => cwdIn(`${project}/${name}`)).find((found) => found !== undefined);
    return [{ directory, cwd }];
  });
}

function cwdIn(transcript: string): string | undefined {
  try {
    const descriptor = openSync(transcript, "r");
    try {
      const bytes = new Uint8Array(64 << 10);
      const text = new TextDecoder().decode(
        bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, 0)),
      );
      const found = /"cwd":("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
      return found === undefined ? undefined : JSON.parse(found);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}
