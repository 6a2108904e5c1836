import { writeSync } from "node:fs";
import { isTerminal } from "./cli/io.ts";
import { printable } from "./cli/text.ts";
import { explainFailure } from "./errors.ts";
import { selfCommand } from "./runtime/self.ts";
import { becomeShell, realShells } from "./shell/real_shell.ts";

/**
 * The program `claude-shell`, somebody's login shell. A login at a terminal gets the menu; everything else, and
 * whatever goes wrong, gets the real shell, which this process becomes. `--greet` and `--start` are the menu's own.
 */
export async function runClaudeShell(argv: readonly string[]): Promise<number> {
  const login = process.argv0.startsWith("-");
  try {
    if (argv[0] === "--greet" && argv.length === 1) return await greet();
    if (argv[0] === "--start") return await start(argv.slice(1));
    if (argv.length === 2 && argv[0] === "-c" && argv[1] === "shell") return becomeShell([], true);
    if (wantsMenu(argv, login)) return await menu();
  } catch (error) {
    say(error);
    return becomeShell([], true);
  }
  return becomeShell(argv.length, login);
}

/** Only who logs in at a terminal, or asks for a login by `-l`. In tmux and screen a new window is a shell. */
function wantsMenu(argv: readonly string[], login: boolean): boolean {
  const asked = argv.length === 1 && (argv[0] === "-l" || argv[0] === "--login");
  const arrived = argv.length === 0 && login && !process.env.TMUX && !process.env.STY;
  return (asked || arrived) && [0, 1, 2].every(isTerminal);
}

async function menu(): Promise<never> {
  const { TERM } = process.env;
  if (!TERM || TERM === "dumb") throw new Error("Claude needs another terminal than TERM=dumb");
  const [shell] = realShells();
  if (shell === undefined) throw new Error("this host has no shell");
  const self = selfCommand();
  const named = self[0]!.endsWith("/claude-shell");
  return (await import("./shell/menu.ts")).becomeMenu(shell, named ? self : [...self, "claude-shell"]);
}

/** With a status other than 0 the menu gives way to a plain shell. */
async function greet(): Promise<number> {
  try {
    (await import("./shell/greeting.ts")).greet(process.env);
    return 0;
  } catch (error) {
    say(error);
    return 1;
  }
}

/** Becomes Claude Code, or tmux for a session that runs detached. What somebody has to decide first, they are asked. */
async function start(words: readonly string[]): Promise<number> {
  const [{ begin, parseWords }, { isQuestion }, { readSettings }] = await Promise.all([
    import("./sessions/begin.ts"),
    import("./sessions/question.ts"),
    import("./sessions/settings.ts"),
  ]);
  const parsed = parseWords(words);
  if (parsed === undefined) throw new Error("the menu asked for something that is not known");
  try {
    if (parsed.resume !== undefined) (await import("./shell/reattach.ts")).attachIfDetached(parsed.resume);
    return await begin(parsed, process.env, await readSettings(process.env));
  } catch (error) {
    if (!isQuestion(error)) throw error;
  }
  return await (await import("./claude_session.ts")).runClaudeSession(words);
}

/** One line; the shell matters more than the word. */
function say(error: unknown): void {
  const { message, hint } = explainFailure(error);
  const why = [message.split("\n")[0]!, ...(hint ? [hint] : [])].map(printable).join("; ");
  try {
    writeSync(2, `claude-shell: a plain shell, because ${why}\n`);
  } catch {
    // Nobody is there to read it.
  }
}
