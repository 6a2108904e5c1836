import type { Environment } from "../claude/environment.ts";
import { Failure } from "../errors.ts";
import { selfCommand } from "../runtime/self.ts";
import type { Limits } from "./admission.ts";
import { begin, type Words } from "./begin.ts";
import { find } from "./find.ts";
import { handOver, takeOver } from "./handover.ts";
import { newId } from "./id.ts";
import { outlive } from "./outlive.ts";
import { layoutOf } from "./paths.ts";
import { findTmux, runTmux, runTmuxServer, socketOf, type Tmux } from "./tmux.ts";
import { serverSettings, shown } from "./tmux_settings.ts";

export interface DetachedStart {
  id: string;
  name: string;
  pid: number;
  /** False when Claude Code has ended meanwhile, without a failure. */
  live: boolean;
  /** Why it will not survive the end of this login. */
  warning?: string;
}

/** How long we look whether Claude Code ends at once, and how long tmux keeps what it said then (ms). */
const watched = 1000;
const kept = 4000;

/**
 * Starts or resumes a session in a tmux server of ours instead of this terminal, in the environment that we have.
 * @throws Failure as a start here would, or with what Claude Code said when it ended at once
 */
export async function detachSession(
  words: Words,
  env: Environment,
  limits: Limits | undefined,
): Promise<DetachedStart> {
  const layout = layoutOf(env);
  const tmux = findTmux(env, socketOf(env));
  const id = words.resume === undefined ? newId() : find(layout, words.resume).id;
  const set = Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const umask = process.umask();
  const cwd = process.cwd();
  const request = { words, id, tmux: tmux.socket, cwd, umask, env: Object.fromEntries(set) };
  const handover = await handOver(limits === undefined ? request : { ...request, limits });
  const { wrap, warning } = outlive(env);
  try {
    open(tmux, id, handover.address, env, wrap);
    await begun(tmux, id, handover.done);
    const { name, identity: { pid } } = find(layout, id);
    runTmux(tmux, ["set-option", "-t", `=${id}:`, "@name", shown(name)]);
    const live = await stays(tmux, id);
    return { id, name, pid, live, ...(warning === undefined ? {} : { warning }) };
  } finally {
    handover.close();
  }
}

/** What runs in the tmux server: this process becomes Claude Code, and whoever waits is told why where it cannot. */
export async function beginDetached(address: string, terminal: Environment): Promise<void> {
  const { request, refuse } = await takeOver(address);
  try {
    process.umask(request.umask);
    process.chdir(request.cwd);
    const { words, id, tmux, limits } = request;
    begin(words, { ...request.env, ...terminalOf(terminal) }, limits, { id, tmux });
  } catch (error) {
    await refuse(error);
  }
}

/**
 * All that a session has of the tmux around it. Not TMUX: a `tmux kill-server` in one session must not end all others.
 */
function terminalOf({ TERM, TERM_PROGRAM, TERM_PROGRAM_VERSION }: Environment): Environment {
  return {
    TERM,
    TERM_PROGRAM,
    TERM_PROGRAM_VERSION,
    COLORTERM: "truecolor",
    TMUX: undefined,
    TMUX_PANE: undefined,
  };
}

function open(tmux: Tmux, id: string, address: string, env: Environment, wrap: readonly string[]): void {
  const command = [...selfCommand(), "session", "begin-detached", address];
  const pane = `=${id}:`;
  // One session's end, should we be killed, is another command's: nothing of it stays for longer than somebody may look.
  const settle =
    `if-shell -F -t ${pane} "#{pane_dead}" "kill-session -t ${pane}" "set-option -wu -t ${pane} remain-on-exit"`;
  const words = [
    ...["start-server", ";", "source-file", "-", ";"],
    ...["new-session", "-d", "-s", id, "-x", "120", "-y", "40", "-c", "/", ...command, ";"],
    ...["set-option", "-w", "-t", pane, "remain-on-exit", "on", ";"],
    ...["run-shell", "-b", "-d", String((watched + kept) / 1000), "-C", settle],
  ];
  const { ok, stderr } = runTmuxServer(tmux, words, { settings: serverSettings, env, wrap });
  if (!ok) throw new Failure(`tmux could not start a session: ${stderr}`, { hint: "see: claude-ops doctor" });
}

/** Waits until Claude Code has begun in the pane. */
async function begun(tmux: Tmux, id: string, done: Promise<void>): Promise<void> {
  let over = false;
  const ended = async () => {
    while (!over && paneOf(tmux, id).alive) await sleep(100);
    // What it still has to say arrives first.
    await sleep(100);
    if (!over) {
      throw new Failure("the session ended before Claude Code began", { hint: paneOf(tmux, id).screen });
    }
  };
  try {
    await Promise.race([done, ended()]);
  } catch (error) {
    runTmux(tmux, ["kill-session", "-t", `=${id}`]);
    throw error;
  } finally {
    over = true;
  }
}

/** Whether it goes on. @throws Failure with the last screen when it has failed at once */
async function stays(tmux: Tmux, id: string): Promise<boolean> {
  for (const deadline = performance.now() + watched; performance.now() < deadline; await sleep(100)) {
    const { alive, status, screen } = paneOf(tmux, id);
    if (alive) continue;
    runTmux(tmux, ["kill-session", "-t", `=${id}`]);
    if (status === "0") return false;
    throw new Failure([`Claude Code ended at once (${status}):`, screen].join("\n"), {
      hint: "start it without --detach to see more",
      code: "ended-at-once",
    });
  }
  runTmux(tmux, ["set-option", "-wu", "-t", `=${id}:`, "remain-on-exit"]);
  return true;
}

function paneOf(tmux: Tmux, id: string): { alive: boolean; status: string; screen: string } {
  const format = "#{pane_dead} #{?pane_dead_signal,signal #{pane_dead_signal},#{pane_dead_status}}";
  const [dead, ...status] = runTmux(tmux, ["list-panes", "-t", `=${id}`, "-F", format]).stdout.trim().split(
    " ",
  );
  if (dead === "0") return { alive: true, status: "", screen: "" };
  const lines = runTmux(tmux, ["capture-pane", "-p", "-t", `=${id}:`]).stdout.trimEnd().split("\n");
  const said = lines.filter((line) => !/^Pane is dead/.test(line)).join("\n").trim();
  return { alive: false, status: status.join(" "), screen: said };
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
