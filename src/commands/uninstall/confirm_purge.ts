import type { Io } from "../../cli/io.ts";
import { terminalPrompt } from "../../cli/prompt.ts";
import { Exit, Failure } from "../../errors.ts";

/** @throws Failure when session data would go and nobody has said yes. */
export async function confirmPurge(
  options: { purge: boolean; yes: boolean },
  where: string,
  io: Io,
): Promise<void> {
  if (!options.purge || options.yes) return;
  const prompt = terminalPrompt();
  if (!prompt.interactive || io.json) {
    throw new Failure("a purge deletes all session data, and nobody can be asked here", {
      hint: "add --yes",
      exit: Exit.usage,
    });
  }
  if (await prompt.confirm(`Delete sessions, and accounts that install made, ${where}?`)) return;
  throw new Failure("nothing was changed", { exit: Exit.failed });
}
