import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { selfCommand } from "../../src/runtime/self.ts";
import { postponeCheck } from "../../src/sessions/background.ts";
import { type Layout, layoutOf } from "../../src/sessions/paths.ts";
import { scratch, script } from "./scratch.ts";

export interface Ended {
  pid: number;
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Each session gets the plugin; of its arguments a stand-in sees the others. */
const withoutPlugin = `n=$#
while [ $n -gt 0 ]; do
  word=$1; shift; n=$((n - 1))
  if [ "$word" = --plugin-dir ]; then shift; n=$((n - 1)); else set -- "$@" "$word"; fi
done
`;

/** Words that start the program: from source, or what ships, which takes a tenth of the time to start. */
const { CLAUDE_OPS_TEST_PROGRAM: shipped } = process.env;

/** A home of its own with a stand-in for Claude Code, and this very program. */
export class SessionHost {
  readonly home = scratch();
  readonly work = join(this.home, "work");
  readonly layout: Layout = layoutOf({ HOME: this.home });
  readonly env: Record<string, string> = { HOME: this.home, PATH: "/usr/bin:/bin", TERM: "dumb" };

  constructor(body: string) {
    mkdirSync(this.work);
    // Deno keeps compiled modules below HOME, which each test has another one of.
    if (process.env.HOME) this.env.DENO_DIR = process.env.DENO_DIR ?? join(process.env.HOME, ".cache/deno");
    // No start looks for updates, unless a test wants that; and then never beyond loopback.
    mkdirSync(this.layout.ops, { recursive: true });
    postponeCheck(this.layout.nextCheck, 3_600_000);
    this.env.npm_config_registry = "http://127.0.0.1:9/";
    this.env.CLAUDE_OPS_CLAUDE = script(join(this.home, "standin"), withoutPlugin + body);
  }

  get ids(): string[] {
    return existsSync(this.layout.sessions) ? readdirSync(this.layout.sessions) : [];
  }

  directory(id = this.ids[0]!): string {
    return join(this.layout.sessions, id);
  }

  /** The words that run `claude-ops <words>`. */
  command(...words: string[]): string[] {
    return [...shipped ? [shipped] : selfCommand(), ...words];
  }

  /** Starts `claude-ops <words>`; ended when the test is. */
  spawn(...words: string[]): ChildProcess {
    const [program, ...args] = this.command(...words);
    const child = spawn(program!, args, { env: this.env, cwd: this.work, stdio: ["ignore", "pipe", "pipe"] });
    onTestFinished(() => {
      // Not child.kill(): Deno's sends one signal in a child's life.
      if (child.exitCode === null && child.signalCode === null) process.kill(child.pid!, "SIGKILL");
    });
    return child;
  }

  run(...words: string[]): Promise<Ended> {
    return ended(this.spawn(...words));
  }
}

export function ended(child: ChildProcess): Promise<Ended> {
  const text = { stdout: "", stderr: "" };
  child.stdout!.on("data", (data) => text.stdout += data);
  child.stderr!.on("data", (data) => text.stderr += data);
  return new Promise((resolve) =>
    child.on("close", (status, signal) => resolve({ pid: child.pid!, status, signal, ...text }))
  );
}

/** Waits until something holds; fails after five seconds. */
export async function until<T>(probe: () => T | undefined | false, what: string): Promise<T> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const found = probe();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`never happened: ${what}`);
}
