import { writeSync } from "node:fs";
import { askLine } from "../cli/ask.ts";
import { isTerminal } from "../cli/io.ts";
import { styleFor } from "../cli/style.ts";
import { printable } from "../cli/text.ts";
import type { Config } from "../config/schema.ts";
import { Exit, Failure } from "../errors.ts";
import { meaning, roundup, wayOut } from "./conflict_text.ts";
import type { Conflicts } from "./conflicts.ts";

type Mode = Config["sessions"]["conflicts"];

/** Others that are named one by one; with more the screen says less. */
const most = 3;

/**
 * Says what a start runs into, and asks where somebody can be asked. Returns the branch whose worktree shall be taken
 * instead, undefined to go on here.
 * @param branch a name for one; undefined where there can be none
 * @throws Failure when the configuration or the person does not want to go on
 */
export function settle(
  conflicts: Conflicts,
  mode: Mode,
  branch: (() => string) | undefined,
): string | undefined {
  const { level } = conflicts;
  if (mode === "off" || level === "safe") return undefined;
  const style = styleFor(isTerminal(2), process.env);
  const say = (text: string) => void writeSync(2, `${text}\n`);
  const met = conflicts.with.filter((conflict) => conflict.level !== "safe");
  if (level === "aware") {
    const who = printable(roundup(met.map(({ other }) => other)));
    if (isTerminal(2)) say(style.dim(`claude-session: also on this project: ${who}`));
    return undefined;
  }
  const worst = met.filter((conflict) => conflict.level === level).slice(0, most);
  const lines = worst.map((conflict) => printable(meaning(conflict, conflicts)));
  const more = met.length - lines.length;
  const out = wayOut(conflicts);
  const hint = out === undefined
    ? "end the other one first, or work in another directory"
    : `take a worktree of your own: ${out}`;
  if (mode === "refuse") {
    throw new Failure(`${level}: ${lines.join("\n  ")}`, { hint, exit: Exit.findings, code: "conflict" });
  }
  for (const line of lines) say(`${style.yellow(`claude-session: ${level}:`)} ${line}`);
  if (more > 0) say(`${more} more on this project: claude-ops session check`);
  if (mode === "warn" || !isTerminal(0) || !isTerminal(2)) {
    say(`${style.yellow("hint:")} ${printable(hint)}`);
    return undefined;
  }
  return ask(branch, say);
}

function ask(branch: (() => string) | undefined, say: (text: string) => void): string | undefined {
  const name = branch?.();
  say("  s  start here all the same");
  if (name !== undefined) say(`  w  start in a worktree of its own, on a new branch ${name}`);
  say("  c  cancel");
  const choices = name === undefined ? "s/c" : "s/w/c";
  for (let attempt = 0; attempt < 3; attempt++) {
    const answer = askLine(`Which one? [${choices}] `)?.toLowerCase();
    if (answer === "s") return undefined;
    if (answer === "w" && name !== undefined) return name;
    if (answer === undefined) say("");
    if (answer === undefined || answer === "c" || answer === "") break;
  }
  throw new Failure("not started", { hint: "nothing was changed", code: "cancelled" });
}
