import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { postponeCheck } from "../../src/sessions/background.ts";
import { type Layout, layoutOf } from "../../src/sessions/paths.ts";
import { scratch } from "../unit/scratch.ts";
import { BINARY } from "./ops.ts";

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

  spawn(program: string, words: readonly string[], env: Record<string, string> = {}): ChildProcess {
    const child = spawn(program, words, {
      env: { ...this.env, ...env },
      cwd: this.home,
      stdio: ["ignore", "pipe", "pipe"],
    });
    onTestFinished(() => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    });
    return child;
  }

  /** `claude-ops update … --json`, to its end. */
  async update(...words: string[]): Promise<Ran> {
    return await ended(this.spawn(BINARY, ["update", ...words, "--json"]));
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
