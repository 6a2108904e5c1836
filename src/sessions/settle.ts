import { writeSync } from "node:fs";
import { isTerminal } from "../cli/io.ts";
import { styleFor } from "../cli/style.ts";
import { printable } from "../cli/text.ts";
import { Exit, Failure } from "../errors.ts";
import { meaning, wayOut } from "./conflict_text.ts";
import type { Conflicts } from "./conflicts.ts";
import { conflictAhead } from "./question.ts";
import type { Settings } from "./settings.ts";

/** Others that are named one by one; with more the screen says less. */
const most = 3;

/** Somebody works where a session is about to, and the person who starts it may say what to do. */
export class ConflictAhead extends Failure {
  override name = "ConflictAhead";
  /**
   * @param session what the session is going to be called
   * @param branch a new one to go to instead; undefined where the session cannot go elsewhere
   */
  constructor(message: string, hint: string, readonly session: string, readonly branch: string | undefined) {
    super(message, { hint, exit: Exit.findings, code: conflictAhead });
  }
}

/**
 * Says what a start runs into, as far as that matters to it.
 * @param question what to ask by; without it nobody is asked, only told
 * @throws Failure where the configuration does not want to go on, or not without a question
 */
export function settle(
  conflicts: Conflicts,
  mode: Settings["conflicts"],
  question?: (message: string, hint: string) => ConflictAhead,
): void {
  const { level } = conflicts;
  if (mode === "off" || level === "safe") return;
  const style = styleFor(isTerminal(2), process.env);
  const say = (text: string) => void writeSync(2, `${text}\n`);
  const lines = namesOf(conflicts);
  if (level === "aware") {
    if (isTerminal(2)) { for (const line of lines) say(style.dim(`claude-session: ${line}`)); }
    return;
  }
  const out = wayOut(conflicts);
  const hint = out === undefined
    ? "end the other one first, or work in another directory"
    : `take a worktree of your own: ${out}`;
  const message = `${level}: ${lines.join("\n  ")}`;
  if (mode === "refuse") throw new Failure(message, { hint, exit: Exit.findings, code: "conflict" });
  if (mode === "ask" && question !== undefined) throw question(message, hint);
  for (const line of lines) say(`${style.yellow(`claude-session: ${level}:`)} ${line}`);
  say(`${style.yellow("hint:")} ${hint}`);
}

function namesOf(conflicts: Conflicts): string[] {
  const met = conflicts.with.filter(({ level }) => level !== "safe");
  const worst = met.filter(({ level }) => level === conflicts.level);
  const lines = worst.slice(0, most).map((conflict) => printable(meaning(conflict, conflicts)));
  return met.length > lines.length
    ? [...lines, `and ${met.length - lines.length} more: claude-ops session check`]
    : lines;
}
