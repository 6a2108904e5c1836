import { spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import type { Environment } from "../claude/environment.ts";
import { printable } from "../cli/text.ts";
import { Failure } from "../errors.ts";
import { become } from "../runtime/become.ts";
import { livenessOf, parentOf } from "../runtime/process.ts";
import { quoted } from "./name.ts";
import type { SessionRecord } from "./record.ts";
import { findTmux, runTmux, type Tmux } from "./tmux.ts";
import { farewell } from "./tmux_settings.ts";

/**
 * Goes to a detached session: this process becomes tmux. Several may be there at once.
 * @throws Failure when there is none such, it is not detached or has ended, with what works instead
 */
export function attach(record: SessionRecord, env: Environment): never {
  const { program, words, own } = wayTo(record, env);
  return become(program, ["tmux", ...words], own);
}

/** Goes to a detached session as `attach` does, and is back when this terminal has left it, or it has ended. */
export function visit(record: SessionRecord, env: Environment): void {
  const { program, words, own } = wayTo(record, env);
  const { error } = spawnSync(program, words, { stdio: "inherit", env: own });
  if (error) throw new Failure(`cannot run ${program}: ${error.message}`, { cause: error });
}

/** The tmux client that goes there: its program, what it is told, and its environment. */
function wayTo(record: SessionRecord, env: Environment) {
  refuseUnattachable(record);
  const tmux = findTmux(env, record.tmux!);
  reach(tmux, record);
  const own: Record<string, string> = {
    [farewell]: printable(
      `session ${record.name} runs on; go back: claude-ops session attach ${quoted(record.name)}`,
    ),
  };
  for (const [name, value] of Object.entries(env)) if (value !== undefined) own[name] = value;
  const inside = env.TMUX?.split(",")[0] === tmux.socket;
  // Inside somebody's own tmux it is a tmux in a tmux, which is fine: ours has no prefix to get in the way.
  if (!inside) delete own.TMUX;
  const colours = /^(?:truecolor|24bit)$/.test(env.COLORTERM ?? "") ? ["-T", "RGB"] : [];
  const verb = inside ? "switch-client" : "attach-session";
  const words = ["-u", ...colours, "-S", tmux.socket, verb, "-t", `=${record.id}`];
  return { program: tmux.program, words, own };
}

const resumed = (name: string) => `claude-session --resume ${quoted(name)} --detach`;

function refuseUnattachable({ name, identity, tmux }: SessionRecord): void {
  const liveness = livenessOf(identity);
  if (liveness === "dead") {
    throw new Failure(`session ${name} has ended`, {
      hint: `go on with it: ${resumed(name)}`,
      code: "session-ended",
    });
  }
  if (liveness === "elsewhere") {
    throw new Failure(`session ${name} runs on ${identity.host}, or cannot be seen from here`, {
      hint: "attach to it there",
      code: "session-elsewhere",
    });
  }
  if (tmux === undefined) {
    throw new Failure(
      `session ${name} belongs to ${terminalOf(identity.pid)}: it was started without --detach`,
      {
        hint: `go to that terminal, or end it and go on: claude-ops session stop ${quoted(name)}; ${
          resumed(name)
        }`,
        code: "not-detached",
      },
    );
  }
}

function terminalOf(pid: number): string {
  try {
    const input = readlinkSync(`/proc/${pid}/fd/0`);
    return input.startsWith("/dev/pts/") ? `the terminal ${input}` : "whoever started it";
  } catch {
    return "whoever started it";
  }
}

/** Makes sure that the server answers: where its socket was cleaned away, it makes a new one on SIGUSR1 (tmux(1)). */
function reach(tmux: Tmux, { id, name, identity }: SessionRecord): void {
  const there = () => runTmux(tmux, ["has-session", "-t", `=${id}`]);
  if (there().ok) return;
  const server = serverOf(identity.pid);
  if (server !== undefined) {
    process.kill(server, "SIGUSR1");
    for (let attempt = 0; attempt < 20; attempt++) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
      if (there().ok) return;
    }
  }
  throw new Failure(
    `the tmux server of session ${name} does not answer at ${tmux.socket}: ${there().stderr}`,
    {
      hint: `end the session and go on: claude-ops session stop ${quoted(name)}; ${resumed(name)}`,
      code: "tmux-silent",
    },
  );
}

/** The server, which is the parent of what it runs; undefined for a parent that is no tmux. */
function serverOf(pid: number): number | undefined {
  try {
    const parent = parentOf(pid);
    return /\/tmux( \(deleted\))?$/.test(readlinkSync(`/proc/${parent}/exe`)) ? parent : undefined;
  } catch {
    return undefined;
  }
}
