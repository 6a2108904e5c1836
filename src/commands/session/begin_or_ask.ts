import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { begin, type Words } from "../../sessions/begin.ts";
import { isQuestion } from "../../sessions/question.ts";
import { defaults, pastAdmission, readSettings, type Settings } from "../../sessions/settings.ts";

/** Starts or resumes as the words say; what has to be decided first, the person at the terminal decides. */
export async function beginOrAsk(words: Words, io: Io): Promise<Outcome> {
  const askable = io.interactive && !io.json;
  let start = { words, settings: await settingsFor(words, askable) };
  for (;;) {
    try {
      return await go(start.words, start.settings);
    } catch (error) {
      if (!askable || !isQuestion(error)) throw error;
      const { answered } = await import("./questions.ts");
      start = await answered(error, start, io);
    }
  }
}

async function settingsFor({ force }: Words, askable: boolean): Promise<Settings> {
  // Who forces a start wants it past a broken configuration as well.
  const settings = force
    ? pastAdmission(await readSettings(process.env).catch(() => defaults))
    : await readSettings(process.env);
  return settings.conflicts === "ask" && !askable ? { ...settings, conflicts: "warn" } : settings;
}

async function go(words: Words, settings: Settings): Promise<Outcome> {
  if (!words.detach) return await begin(words, process.env, settings);
  const { detachSession } = await import("../../sessions/detach.ts");
  const { renderDetached } = await import("./detached.ts");
  const started = await detachSession(words, process.env, settings);
  return { data: started, render: () => renderDetached(started) };
}
