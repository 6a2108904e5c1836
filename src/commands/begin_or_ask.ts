import type { Outcome } from "../cli/command.ts";
import type { Io } from "../cli/io.ts";
import { Failure } from "../errors.ts";
import { hostFull, type Limits } from "../sessions/admission.ts";
import { begin, type Words } from "../sessions/begin.ts";
import { readLimits } from "../sessions/limits.ts";

/** Starts or resumes as the words say; where there is no room and somebody can be asked, they decide. */
export async function beginOrAsk(words: Words, io: Io): Promise<Outcome> {
  // Without limits nothing of the configuration matters, so a broken one does not either.
  const limits = words.force ? undefined : await readLimits(process.env);
  try {
    return await go(words, limits);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== hostFull || !io.interactive || io.json) throw error;
    await agree(error, io);
    return await go(words, undefined);
  }
}

async function go(words: Words, limits: Limits | undefined): Promise<Outcome> {
  if (!words.detach) return begin(words, process.env, limits);
  const { detachSession } = await import("../sessions/detach.ts");
  const { renderDetached } = await import("./session_detached.ts");
  const started = await detachSession(words, process.env, limits);
  return { data: started, render: () => renderDetached(started) };
}

/** @throws Failure when the person does not want it */
async function agree(full: Failure, io: Io): Promise<void> {
  const [{ terminalPrompt }, { printableLines }] = await Promise.all([
    import("../cli/prompt.ts"),
    import("../cli/text.ts"),
  ]);
  io.stderr(
    `${printableLines(full.message)}\n${io.errorStyle.yellow("hint:")} ${printableLines(full.hint!)}\n`,
  );
  if (await terminalPrompt().confirm("Start it all the same?")) return;
  throw new Failure("not started: there is no room for one more session", {
    exit: full.exit,
    code: hostFull,
  });
}
