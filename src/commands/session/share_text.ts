import type { Io } from "../../cli/io.ts";
import { terminalPrompt } from "../../cli/prompt.ts";
import { printable } from "../../cli/text.ts";
import { Exit, Failure } from "../../errors.ts";
import type { Choice, Result } from "../../sessions/share.ts";
import { differenceLines } from "./diff_text.ts";

/** @throws Failure when nobody has said yes */
export async function confirmShare({ chosen, conflicts }: Choice, name: string, io: Io): Promise<void> {
  const prompt = terminalPrompt();
  if (!prompt.interactive || io.json) {
    throw new Failure(`what session ${name} has would go to all sessions, and nobody can be asked here`, {
      hint: `look with claude-ops session diff, then add --yes`,
      exit: Exit.usage,
    });
  }
  io.stderr(differenceLines([...chosen, ...conflicts], io.errorStyle).join("\n") + "\n");
  if (conflicts.length > 0) io.stderr("What is marked ~ stays as it is.\n");
  if (
    await prompt.confirm(
      `Share ${chosen.length === 1 ? "this" : `these ${chosen.length}`} with all sessions?`,
    )
  ) return;
  throw new Failure("nothing was shared");
}

/** What was done, and what was left alone. */
export function renderShared({ shared, replaced, conflicts }: Result, name: string): string {
  const lines = [
    ...shared.map((key) => `shared ${key}`),
    ...replaced.map((key) => `replaced ${key}`),
    ...conflicts.map((key) => `left alone ${key}: something else is shared under that name`),
  ];
  if (lines.length === 0) return `session ${printable(name)} has nothing that is not shared`;
  if (shared.length + replaced.length > 0) {
    lines.push("sessions that start now have it, others when they are resumed");
  }
  return lines.map(printable).join("\n");
}
