import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { selfCommand } from "../../src/runtime/self.ts";
import { readRecord, type SessionRecord } from "../../src/sessions/record.ts";
import { script } from "../unit/scratch.ts";
import { SessionHost } from "../unit/session_host.ts";
import { Terminal } from "./terminal.ts";

/** A stand-in that writes its environment down and stays. */
export const stay = 'env -0 >"$HOME/env.$4"; echo "hello from $$"; exec sleep 100';

/** A host whose detached sessions have a tmux server of the test's own. */
export class DetachHost extends SessionHost {
  readonly socket = join(this.home, `tmux-${process.getuid!()}/claude-ops`);

  constructor(body = stay) {
    super(body);
    this.env.TMUX_TMPDIR = this.home;
    this.env.TMPDIR = join(this.home, "tmp");
    mkdirSync(this.env.TMPDIR);
    onTestFinished(() => void this.tmux("kill-server"));
  }

  tmux(...words: string[]): string {
    const options = { encoding: "utf8", env: { PATH: "/usr/bin:/bin" } } as const;
    return spawnSync("tmux", ["-S", this.socket, ...words], options).stdout;
  }

  start(...words: string[]) {
    return this.run("session", "start", "--detach", ...words);
  }

  record(name: string): SessionRecord {
    const all = this.ids.map((id) => readRecord(this.directory(id)) as SessionRecord);
    return all.find((record) => record.name === name)!;
  }

  /** The environment that Claude Code got. */
  envOf(name: string): Record<string, string> {
    const pairs = readFileSync(join(this.home, `env.${name}`), "utf8").split("\0").filter(Boolean);
    return Object.fromEntries(
      pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
    );
  }

  /** A terminal in which `ops` is this program. */
  terminal(size?: [number, number]): Terminal {
    const words = selfCommand().map((word) => `'${word}'`).join(" ");
    script(join(this.home, "ops"), `exec ${words} "$@"`);
    return new Terminal({ ...this.env, PS1: "$ ", PATH: `${this.home}:/usr/bin:/bin` }, this.work, size);
  }
}
