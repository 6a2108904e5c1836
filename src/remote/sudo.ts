import { randomBytes } from "node:crypto";
import { type ExecOptions, type ExecResult, sourceOf } from "./exec.ts";
import { shellQuote } from "./shell_quote.ts";
import type { PasswordWanted, SudoPasswords } from "./sudo_passwords.ts";
import { explainSudo, wantsTerminal } from "./sudo_refusal.ts";
import { SudoTalk } from "./sudo_talk.ts";

/** Runs a command on the host as the user who is logged in. */
export type Run = (argv: string[], options: ExecOptions) => Promise<ExecResult>;

/** Milliseconds in which sudo has to ask or to begin; a directory that knows the users may be slow. */
const PATIENCE = 30_000;

/**
 * Runs commands as root. The password goes to sudo's stdin when sudo asks, and the command's own input follows when the
 * command has begun, so that neither can end up where the other belongs, whatever sudo remembers.
 */
export class Sudo {
  readonly #run: Run;
  readonly #wanted: Omit<PasswordWanted, "refused">;
  readonly #passwords: SudoPasswords;
  readonly #mark = `claude-ops-${randomBytes(9).toString("hex")}`;
  #password: string | undefined;
  /** Whether sudo insists on a terminal (`requiretty`). */
  #terminal = false;

  constructor(run: Run, wanted: Omit<PasswordWanted, "refused">, passwords: SudoPasswords) {
    this.#run = run;
    this.#wanted = wanted;
    this.#passwords = passwords;
  }

  /** Finds out how sudo lets us, before anything is done. @throws {Failure} `sudo-password`, `sudo-refused`, `sudo-missing` */
  async open(): Promise<void> {
    try {
      await this.exec(["true"], {});
    } catch (error) {
      if (!wantsTerminal(error)) throw error;
      this.#terminal = true;
      await this.exec(["true"], {});
    }
  }

  async exec(argv: string[], options: ExecOptions): Promise<ExecResult> {
    const talk = new SudoTalk(this.#mark, options.onStderr);
    const given = { password: this.#password, refused: new Set<string>() };
    const answers = this.#answers(talk, given);
    async function* stdin() {
      yield* answers;
      if (talk.begun) yield* sourceOf(options.stdin);
    }
    try {
      const onStderr = (chunk: Buffer) => talk.hear(chunk);
      const result = await this.#run(this.#argv(argv), { ...options, stdin: stdin(), onStderr });
      if (!talk.begun) throw explainSudo(this.#wanted, talk.said);
      this.#password = given.password;
      return { ...result, stderr: talk.rest };
    } finally {
      talk.end();
    }
  }

  /** What is typed at sudo's questions, up to the command's begin. */
  async *#answers(talk: SudoTalk, given: { password: string | undefined; refused: Set<string> }) {
    for (let asked = 0; await talk.next(PATIENCE) === "asked"; asked++) {
      if (asked > 0) given.refused.add(given.password!);
      if (asked > 0 || given.password === undefined) {
        given.password = await this.#passwords.get({ ...this.#wanted, refused: given.refused });
      }
      yield Buffer.from(`${given.password}\n`);
    }
  }

  #argv(argv: string[]): string[] {
    const begin = `echo ${this.#mark}-begun >&2; exec "$@"`;
    const sudo = ["env", "LC_ALL=C", "sudo", "-H", "-S", "-p", `${this.#mark}-asked`, "--"];
    const words = [...sudo, "/bin/sh", "-c", begin, "sh", ...argv];
    if (!this.#terminal) return words;
    // `script` gives sudo a terminal to see, while all that is read and written goes past it, as it is.
    const line = `${shellQuote(words)} <&3 >&4 2>&5`;
    return ["env", "SHELL=/bin/sh", "/bin/sh", "-c", WITH_TERMINAL, "sh", line];
  }
}

const WITH_TERMINAL = 'exec 3<&0 4>&1 5>&2; exec script -qec "$1" /dev/null </dev/null >/dev/null';
