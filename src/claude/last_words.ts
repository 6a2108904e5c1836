import { lastEntries, latestTranscript } from "./transcripts.ts";

/** What a config dir's last conversation tells of itself; undefined where a line does not say. */
export interface LastWords {
  conversation: string;
  /** Milliseconds since 1970. */
  time: number;
  cwd: string | undefined;
  version: string | undefined;
  /** What the person said last. */
  prompt: string | undefined;
}

/** By the lines of its transcript: `cwd`, `version`, and `message.content` of those whose `type` is `user` (2.1.329). */
export function lastWords(configDir: string): LastWords | undefined {
  const latest = latestTranscript(configDir);
  if (latest === undefined) return undefined;
  const entries = lastEntries(latest.path).toReversed();
  const text = (key: string) =>
    entries.map((entry) => entry[key]).find((value) => typeof value === "string") as string | undefined;
  return {
    conversation: latest.id,
    time: latest.time,
    cwd: text("cwd"),
    version: text("version"),
    prompt: entries.map(promptOf).find((prompt) => prompt !== undefined),
  };
}

function promptOf({ type, isMeta, message }: Record<string, unknown>): string | undefined {
  if (type !== "user" || isMeta === true) return undefined;
  const content = (message as { content?: unknown } | undefined)?.content;
  const said = Array.isArray(content) ? content.find((block) => block?.type === "text")?.text : content;
  // What a slash command leaves, reminders and notices stand in tags; that the person stopped it, in brackets.
  const isAsked = typeof said === "string" && said.trim() !== "" && !/^<|^\[Request interrupted/.test(said);
  return isAsked ? said.trim() : undefined;
}
