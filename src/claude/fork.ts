import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { slugOf } from "./transcripts.ts";

/**
 * Copies a conversation into another config dir, where `--resume <id> --fork-session` then finds it (2.1.329): the
 * transcript, what its tools and subagents left beside it, and the files that a rewind needs. The original may be going
 * on meanwhile: a last line that is not whole yet stays behind.
 */
export function copyConversation(from: string, id: string, to: string): void {
  const slug = slugOf(from, id);
  if (slug === undefined) return;
  const [source, place] = [`${from}/projects/${slug}`, `${to}/projects/${slug}`];
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const transcript = readFileSync(`${source}/${id}.jsonl`);
  const whole = transcript.subarray(0, transcript.lastIndexOf("\n") + 1);
  writeFileSync(`${place}/${id}.jsonl`, whole, { mode: 0o600 });
  for (const [directory, copy] of [[source, place], [`${from}/file-history`, `${to}/file-history`]]) {
    if (existsSync(`${directory}/${id}`)) cpSync(`${directory}/${id}`, `${copy}/${id}`, { recursive: true });
  }
}
