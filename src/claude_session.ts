import { begin, parseWords } from "./sessions/begin.ts";
import { isQuestion } from "./sessions/question.ts";
import { readSettings } from "./sessions/settings.ts";

/**
 * The program `claude-session`: becomes Claude Code, or returns an exit status. Words that are not plainly a start or
 * a resume (--help, mistakes) and questions go to the command frame, which takes longer to load than a start takes.
 */
export async function runClaudeSession(argv: readonly string[]): Promise<number> {
  const words = parseWords(argv);
  try {
    if (words !== undefined) return await begin(words, process.env, await readSettings(process.env));
  } catch (error) {
    if (!isQuestion(error)) {
      const { report } = await import("./cli/report.ts");
      const { processIo } = await import("./cli/io.ts");
      return report(error, processIo({ json: false, verbose: false }), "claude-session");
    }
  }
  const { runProgram } = await import("./cli/run.ts");
  return runProgram("claude-session", (await import("./commands/session/start.ts")).default, argv);
}
