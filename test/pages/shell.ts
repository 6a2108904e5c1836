import { type ChildProcess, spawn } from "node:child_process";
import { killed } from "../unit/shared.ts";

export interface Said {
  output: string;
  /** Missing when the shell itself ended. */
  status?: number;
}

/** A shell that goes on from command to command, as the one of somebody who types what a page says. */
export class Shell {
  readonly #child: ChildProcess;

  /** @param argv words that end in a shell which reads commands from its standard input, both streams on stdout */
  constructor(argv: readonly string[], env: Record<string, string>, cwd: string) {
    const [program, ...words] = argv;
    this.#child = spawn(program!, words, { env, cwd, stdio: ["pipe", "pipe", "ignore"] });
    this.#child.stdin!.on("error", () => {}); // it may end before it has read all
  }

  /** What a command prints and how it ends; what it has printed so far when it takes longer than a minute. */
  run(command: string): Promise<Said> {
    const child = this.#child;
    const mark = `--- ${Math.random()}`;
    return new Promise((resolve) => {
      let text = "";
      const hear = (data: unknown) => {
        text += data;
        if (/\d\n$/.test(text) && text.includes(mark)) done();
      };
      const patience = setTimeout(() => void this.end(), 60_000);
      const done = () => {
        clearTimeout(patience);
        child.stdout!.off("data", hear);
        child.off("close", done);
        const [output, status] = text.split(`${mark} `) as [string, string | undefined];
        resolve({ output, ...(status === undefined ? {} : { status: Number(status) }) });
      };
      child.stdout!.on("data", hear);
      child.on("close", done);
      // What reads its standard input must not read the commands that follow.
      child.stdin!.write(`{ ${command}\n} </dev/null 2>&1\necho "${mark} $?"\n`);
    });
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  end(): Promise<void> {
    return killed(this.#child);
  }
}
