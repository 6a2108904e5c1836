import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { parseStat } from "../../src/runtime/process.ts";
import { postponeCheck } from "../../src/sessions/background.ts";
import { type Layout, layoutOf } from "../../src/sessions/paths.ts";
import { scratch } from "../unit/scratch.ts";
import { BINARY } from "./ops.ts";

let users = 20_000 + process.pid % 20_000 * 2;
const nextUser = () => users++;

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
  // deno-lint-ignore no-explicit-any
  said: any;
}

/** Somebody's own installation in a home of the test's own, with the shipped binary and a registry of ours. */
export class UpdatingHome {
  readonly home: string = scratch();
  readonly layout: Layout = layoutOf({ HOME: this.home });
  readonly root: string = join(this.home, ".local/share/claude-code");
  readonly env: Record<string, string>;

  /** A user of the test's own, so that nobody else's Claude Code on this machine is theirs; not to be had but by root. */
  readonly uid: number = process.getuid!() === 0 ? nextUser() : process.getuid!();

  constructor(registryUrl: string) {
    this.env = {
      HOME: this.home,
      PATH: "/usr/bin:/bin",
      npm_config_registry: registryUrl,
      npm_config_fetch_retries: "0",
    };
    mkdirSync(this.layout.ops, { recursive: true });
    // No start looks for updates, unless a test wants that.
    postponeCheck(this.layout.nextCheck, 3_600_000);
    this.own();
  }

  get current(): string | undefined {
    const link = join(this.root, "current");
    return existsSync(link) ? readlinkSync(link).replace("versions/", "") : undefined;
  }

  /** What is in the directory of versions, hidden things too. */
  get versions(): string[] {
    return readdirSync(join(this.root, "versions")).sort();
  }

  get log(): string {
    const file = join(this.layout.shared, "update.log");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /** An update under strace with these options: whether it was killed, and what strace saw. */
  async traced(options: string[]): Promise<{ killed: boolean; trace: string }> {
    const file = join(this.home, "trace");
    const child = this.spawn("strace", ["-f", "-qq", "-o", file, ...options, BINARY, "update", "--json"]);
    await ended(child);
    const trace = readFileSync(file, "utf8");
    rmSync(file);
    return { killed: trace.includes("killed by SIGKILL"), trace };
  }

  /** What config.toml says from now on. */
  configure(text: string): void {
    mkdirSync(join(this.home, ".config/claude-ops"), { recursive: true });
    writeFileSync(join(this.home, ".config/claude-ops/config.toml"), text);
    this.own();
  }

  /** All that was started with this home, by their environment, in the order of their pids. */
  processes(): { pid: number; state: string }[] {
    const pids = readdirSync("/proc").map(Number).filter(Boolean).sort((a, b) => a - b);
    return pids.flatMap((pid) => {
      try {
        const ours = readFileSync(`/proc/${pid}/environ`, "utf8").includes(`HOME=${this.home}\0`);
        const { state } = parseStat(readFileSync(`/proc/${pid}/stat`, "latin1"));
        const child = parseStat(readFileSync(`/proc/${pid}/stat`, "latin1")).parent === process.pid;
        // The environment of a zombie is empty; ours would be children of the test.
        return ours || (state === "Z" && child) ? [{ pid, state }] : [];
      } catch {
        return [];
      }
    });
  }

  /** Gives all that is in the home to its user. */
  own(): void {
    if (this.uid !== process.getuid!()) execFileSync("chown", ["-hR", `${this.uid}:${this.uid}`, this.home]);
  }

  spawn(
    program: string,
    words: readonly string[],
    env: Record<string, string> = {},
    stdin: "ignore" | "pipe" = "ignore",
  ): ChildProcess {
    const child = spawn(program, words, {
      env: { ...this.env, ...env },
      cwd: this.home,
      stdio: [stdin, "pipe", "pipe"],
      uid: this.uid,
      gid: this.uid,
    });
    onTestFinished(() => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    });
    return child;
  }

  /** `claude-ops update … --json`, to its end. */
  async update(...words: string[]): Promise<Ran> {
    return await this.run("update", ...words);
  }

  /** Runs claude-ops with `--json`. */
  async run(...words: string[]): Promise<Ran> {
    return await ended(this.spawn(BINARY, [...words, "--json"]));
  }

  /** Starts a session; returns once it is Claude Code, whose `--version` is all that a stand-in knows. */
  async session(...words: string[]): Promise<{ child: ChildProcess; version: string }> {
    const child = this.spawn(BINARY, ["session", "start", ...words]);
    await new Promise<void>((resolve, reject) => {
      let complaints = "";
      child.stderr!.on("data", (data) => complaints += data);
      child.stdout!.once("data", () => resolve());
      child.once("close", () => reject(new Error(`the session ended: ${complaints}`)));
    });
    return {
      child,
      version: /versions\/([^/]+)\/claude$/.exec(readlinkSync(`/proc/${child.pid}/exe`))?.[1] ?? "none",
    };
  }
}

export async function ended(child: ChildProcess): Promise<Ran> {
  const text = { stdout: "", stderr: "" };
  child.stdout!.on("data", (data) => text.stdout += data);
  child.stderr!.on("data", (data) => text.stderr += data);
  const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
  const last = text.stdout.trim().split("\n").at(-1)!;
  return { status, ...text, said: last.startsWith("{") ? JSON.parse(last) : undefined };
}

/** Ends a session and waits until the kernel has done so. */
export async function end(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGKILL");
  await gone;
}
