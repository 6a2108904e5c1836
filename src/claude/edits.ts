import { statSync } from "node:fs";
import { namesIn } from "../runtime/files.ts";
import { lastLines } from "./transcripts.ts";

export interface Edit {
  /** Absolute, as Claude Code wrote it down. */
  path: string;
  /** Milliseconds since 1970. */
  time: number;
}

/** Of a transcript only this many last bytes are read. */
const tail = 256 << 10;

/**
 * Files that Claude's own tools wrote since then, newest last, by the transcripts of a config dir: a line with
 * `timestamp` and `toolUseResult.filePath`, in `-p` and interactive alike, while `file-history/` is kept by interactive
 * sessions only (2.1.329). What shell commands wrote is not among them. Costs nothing where nothing was said since.
 * @param conversation only this one; all of the config dir when left out
 */
export function recentEdits(configDir: string, since: number, conversation?: string): Edit[] {
  const edits: Edit[] = [];
  for (const slug of namesIn(`${configDir}/projects`)) {
    for (const path of transcripts(`${configDir}/projects/${slug}`, conversation)) {
      const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      if (changed >= since) edits.push(...editsIn(path, since));
    }
  }
  return edits.sort((a, b) => a.time - b.time);
}

/** `<conversation>.jsonl`, and those of its subagents, `<conversation>/subagents/agent-<id>.jsonl` (text of 2.1.329). */
function transcripts(directory: string, conversation: string | undefined): string[] {
  const names = namesIn(directory).filter((name) =>
    conversation === undefined || name === conversation || name === `${conversation}.jsonl`
  );
  return names.flatMap((name) => {
    if (name.endsWith(".jsonl")) return [`${directory}/${name}`];
    const agents = `${directory}/${name}/subagents`;
    return namesIn(agents).filter((name) => name.endsWith(".jsonl")).map((name) => `${agents}/${name}`);
  });
}

function editsIn(path: string, since: number): Edit[] {
  return lastLines(path, tail).flatMap((line) => {
    if (!line.includes('"toolUseResult"') || !line.includes('"filePath"')) return [];
    try {
      const { timestamp, toolUseResult } = JSON.parse(line);
      const { type, filePath, structuredPatch } = toolUseResult ?? {};
      const time = Date.parse(timestamp);
      // Reading a file leaves `filePath` one level deeper; a change leaves a patch, or says what was created.
      const changed = typeof filePath === "string" && (structuredPatch !== undefined || type === "create");
      return changed && filePath.startsWith("/") && time >= since ? [{ path: filePath, time }] : [];
    } catch {
      // The first line is mostly cut, the last one may be half written.
      return [];
    }
  });
}
