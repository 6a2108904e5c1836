import type { Io } from "../../cli/io.ts";
import { terminalPrompt } from "../../cli/prompt.ts";
import { complain } from "../../cli/report.ts";
import { printableLines } from "../../cli/text.ts";
import { Failure } from "../../errors.ts";
import type { Words } from "../../sessions/begin.ts";
import { SeveralFit } from "../../sessions/find.ts";
import { conflictAhead, hostFull } from "../../sessions/question.ts";
import { pastAdmission, type Settings } from "../../sessions/settings.ts";
import type { ConflictAhead } from "../../sessions/settle.ts";
import { chooseSession } from "./choose.ts";

export interface Start {
  words: Words;
  settings: Settings;
}

/**
 * The start as the person wants it, now that they were asked.
 * @throws Failure when they do not want it, or it is not theirs to decide
 */
export async function answered(question: Failure, start: Start, io: Io): Promise<Start> {
  const { words, settings } = start;
  if (question instanceof SeveralFit) {
    return { ...start, words: { ...words, resume: await chooseSession(question.candidates, io) } };
  }
  if (question.code === hostFull) {
    await agree(question, io);
    return { ...start, settings: pastAdmission(settings) };
  }
  if (question.code === conflictAhead) {
    const { branch } = question as ConflictAhead;
    return await choosePlace(question, branch, io) === "here"
      ? { ...start, settings: { ...settings, conflicts: "off" } }
      : { ...start, words: { ...words, worktree: branch! } };
  }
  throw question;
}

async function agree(full: Failure, io: Io): Promise<void> {
  complain(io, "claude-session", full);
  if (await terminalPrompt().confirm("Start it all the same?")) return;
  throw new Failure("not started: there is no room for one more session", {
    exit: full.exit,
    code: hostFull,
  });
}

async function choosePlace(
  conflict: Failure,
  branch: string | undefined,
  io: Io,
): Promise<"here" | "worktree"> {
  io.stderr(`${io.errorStyle.yellow("claude-session:")} ${printableLines(conflict.message)}\n`);
  io.stderr("  s  start here all the same\n");
  if (branch !== undefined) io.stderr(`  w  start in a worktree of its own, on a new branch ${branch}\n`);
  io.stderr("  c  cancel\n");
  const choices = branch === undefined ? "s/c" : "s/w/c";
  const prompt = terminalPrompt();
  for (let attempt = 0; attempt < 3; attempt++) {
    const answer = (await prompt.line(`Which one? [${choices}] `)).trim().toLowerCase();
    if (answer === "s") return "here";
    if (answer === "w" && branch !== undefined) return "worktree";
    if (answer === "c" || answer === "") break;
    io.stderr(`Please type ${choices.split("/").join(" or ")}.\n`);
  }
  throw new Failure("not started", { hint: "nothing was changed", code: "cancelled" });
}
