import { lastWords } from "../../claude/last_words.ts";
import { printable } from "../../cli/text.ts";

/** What was last asked in a session, on one line; undefined where nothing was. */
export function lastAsked(configDir: string): string | undefined {
  const prompt = lastWords(configDir)?.prompt;
  return prompt === undefined ? undefined : `last asked: ${oneLine(prompt)}`;
}

/** Text of several lines on one, safe for a terminal. */
export const oneLine = (text: string): string => printable(text.replace(/\s+/g, " ").trim());
