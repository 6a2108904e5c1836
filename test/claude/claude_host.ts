import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { isAlive } from "../../src/runtime/process.ts";
import { postponeCheck } from "../../src/sessions/background.ts";
import type { SessionRecord } from "../../src/sessions/record.ts";
import { remove } from "../unit/scratch.ts";
import { realClaude } from "./real_claude.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** The compiled binary under test: CLAUDE_OPS_BINARY, else dist/claude-ops. */
export const binary = process.env.CLAUDE_OPS_BINARY ?? join(root, "dist/claude-ops");

export interface Finished {
  pid: number;
  status: number | null;
  stdout: string;
  stderr: string;
}

/** A scratch home with the launcher in it and the real Claude Code behind it, which can reach loopback only by us. */
export class ClaudeHost {
  readonly home = realpathSync(mkdtempSync(join(tmpdir(), "claude-ops-real-")));
  readonly shared = join(this.home, ".claude");
  readonly work = join(this.home, "work");
  readonly launcher = join(this.shared, "bin/claude-session");
  readonly env: Record<string, string>;

  constructor(messagesUrl: string) {
    if (!existsSync(binary)) throw new Error(`no ${binary}: run scripts/build first`);
    mkdirSync(join(this.shared, "bin"), { recursive: true });
    mkdirSync(this.work);
    symlinkSync(binary, this.launcher);
    // No start looks for updates.
    mkdirSync(join(this.shared, "ops"));
    postponeCheck(join(this.shared, "ops/next-update-check"), 3_600_000);
    this.env = {
      HOME: this.home,
      PATH: "/usr/local/bin:/usr/bin:/bin",
      TERM: "xterm-256color",
      LANG: "C.UTF-8",
      CLAUDE_OPS_CLAUDE: realClaude(),
      ANTHROPIC_BASE_URL: messagesUrl,
      CLAUDE_CODE_OAUTH_TOKEN: "made-up-token",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      CLAUDE_CODE_TMPDIR: join(this.home, "tmp"),
      // Never past loopback, whatever it wants to reach.
      HTTPS_PROXY: "http://127.0.0.1:9",
      NO_PROXY: "127.0.0.1",
      npm_config_registry: "http://127.0.0.1:9/",
    };
    onTestFinished(() => this.#remove());
  }

  async #remove(): Promise<void> {
    for (const { identity } of this.records()) if (isAlive(identity)) process.kill(identity.pid, "SIGKILL");
    await remove(this.home);
  }

  /** Runs a program in the work directory with this home's environment and nothing else. */
  run(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<Finished> {
    const child = spawn(program, args, {
      cwd: this.work,
      env: { ...this.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const text = { stdout: "", stderr: "" };
    child.stdout.on("data", (data) => text.stdout += data);
    child.stderr.on("data", (data) => text.stderr += data);
    return new Promise((done) => child.on("close", (status) => done({ pid: child.pid!, status, ...text })));
  }

  /** `claude-session <words> -- <args>`, printing. */
  session(words: readonly string[], args: readonly string[] = []): Promise<Finished> {
    return this.run(this.launcher, [...words, "--", "--permission-mode", "acceptEdits", ...args]);
  }

  /** Claude Code itself in a session's config dir, as somebody would run it there by hand. */
  claude(name: string, args: readonly string[]): Promise<Finished> {
    return this.run(this.env.CLAUDE_OPS_CLAUDE!, args, {
      CLAUDE_CONFIG_DIR: this.directory(name),
      CLAUDE_SECURESTORAGE_CONFIG_DIR: this.shared,
    });
  }

  records(): SessionRecord[] {
    const sessions = join(this.shared, "sessions");
    if (!existsSync(sessions)) return [];
    return readdirSync(sessions)
      .map((id) => join(sessions, id, "session.json"))
      .filter((path) => existsSync(path))
      .map((path) => JSON.parse(readFileSync(path, "utf8")));
  }

  record(name: string): SessionRecord {
    const found = this.records().find((record) => record.name === name);
    if (!found) throw new Error(`no session ${name}`);
    return found;
  }

  directory(name: string): string {
    return join(this.shared, "sessions", this.record(name).id);
  }

  /** Conversations in a session's config dir. */
  transcripts(name: string): string[] {
    return files(join(this.directory(name), "projects")).filter((path) => path.endsWith(".jsonl"));
  }

  /** A tmux server of the test's own. */
  tmux(...args: string[]): string {
    return execFileSync("tmux", ["-S", join(this.home, "tmux"), ...args], {
      env: this.env,
      cwd: this.work,
      encoding: "utf8",
    });
  }
}

/** All files below a directory, without following links. */
export function files(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const below = join(path, entry.name);
    return entry.isDirectory() ? files(below) : [below];
  });
}
