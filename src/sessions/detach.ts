import type { Environment } from "../claude/environment.ts";
import { Failure } from "../errors.ts";
import { selfCommand } from "../runtime/self.ts";
import { begin, type Words } from "./begin.ts";
import { findOrBringBack } from "./bring_back.ts";
import { find } from "./find.ts";
import { handOver, takeOver } from "./handover.ts";
import { newId } from "./id.ts";
import { refuseLive } from "./in_use.ts";
import { outlive } from "./outlive.ts";
import { begun, kept, stays, watched } from "./pane.ts";
import { layoutOf } from "./paths.ts";
import type { Settings } from "./settings.ts";
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

/**
 * Starts or resumes a session in a tmux server of ours instead of this terminal, in the environment that we have.
 * @throws Failure as a start here would, or with what Claude Code said when it ended at once
 */
export async function detachSession(
  words: Words,
  env: Environment,
  settings: Settings,
): Promise<DetachedStart> {
  const layout = layoutOf(env);
  const tmux = findTmux(env, socketOf(env));
  const original = words.resume === undefined ? undefined : await findOrBringBack(layout, words.resume);
  const resumed = words.fork ? undefined : original;
  if (resumed !== undefined) refuseLive(layout, resumed);
  const id = resumed?.id ?? newId();
  const set = Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const umask = process.umask();
  const cwd = process.cwd();
  const handover = await handOver({
    words: original === undefined ? words : { ...words, resume: original.id },
    settings,
    id,
    tmux: tmux.socket,
    cwd,
    umask,
    env: Object.fromEntries(set),
  });
  const { wrap, warning } = outlive(env);
  try {
    // What is left of an earlier run would be in the way.
    if (resumed !== undefined) runTmux(tmux, ["kill-session", "-t", `=${id}`]);
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
    const { words, id, tmux, settings } = request;
    await begin(words, { ...request.env, ...terminalOf(terminal) }, settings, { id, tmux });
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
