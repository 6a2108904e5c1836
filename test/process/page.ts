import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { script } from "../unit/scratch.ts";
import { quoted } from "../../src/sessions/name.ts";
import { SessionHost } from "../unit/session_host.ts";
import { killed } from "../unit/shared.ts";

export interface Step {
  /** Which session's command it is. */
  session: string;
  command: string;
  /** What the page says that it prints. */
  expected: string;
}

/** The commands of a page: in its `console` blocks, behind the name of a session and `$`. */
export function stepsOf(page: string): Step[] {
  const blocks = [...readFileSync(page, "utf8").matchAll(/^```console\n([^]*?)^```$/gm)].map(([, body]) =>
    body!
  );
  return blocks.flatMap((block) =>
    block.split(/^(?=[a-z]+\$ )/m).map((part) => {
      const [, session, command, expected] = part.match(/^([a-z]+)\$ (.*)\n([^]*)$/)!;
      return { session: session!, command: command!, expected: expected! };
    })
  );
}

/** Sessions whose Claude Code is a shell that does what it is told, in one project. */
export class Stage {
  // As Claude Code does, it runs commands in processes below it, for which they are the session's.
  readonly host = new SessionHost("exec bash --noprofile --norc 2>&1");
  readonly #sessions = new Map<string, ChildProcess>();

  constructor() {
    const bin = join(this.host.home, "bin");
    mkdirSync(bin);
    script(join(bin, "claude-ops"), `exec ${this.host.command().map(quoted).join(" ")} "$@"`);
    this.host.env.PATH = `${bin}:${this.host.env.PATH}`;
  }

  /** What a command of a session prints, on both streams. Its session is started when it is the first one. */
  run({ session, command }: Step): Promise<string> {
    const child = this.#sessions.get(session) ?? this.#start(session);
    const mark = `--- ${Math.random()}`;
    return new Promise((resolve) => {
      let text = "";
      const hear = (data: unknown) => {
        text += data;
        if (text.includes(mark)) done();
      };
      const done = () => {
        child.stdout!.off("data", hear);
        child.off("close", done);
        resolve(text.slice(0, text.includes(mark) ? text.indexOf(mark) : undefined));
      };
      child.stdout!.on("data", hear);
      child.on("close", done);
      child.stdin!.write(`${command}\necho '${mark}'\n`);
    });
  }

  #start(session: string): ChildProcess {
    const [program, ...words] = this.host.command("session", "start", session, "--force");
    const child = spawn(program!, words, {
      env: this.host.env,
      cwd: this.host.work,
      stdio: ["pipe", "pipe", "ignore"],
    });
    onTestFinished(() => killed(child));
    this.#sessions.set(session, child);
    return child;
  }
}
