import { Failure } from "../errors.ts";
import { identityOf } from "../runtime/process.ts";
import { runTmux, type Tmux } from "./tmux.ts";

/**
 * How long we look whether Claude Code ends at once: at most, and after it has shown something; and how long tmux keeps
 * what it said then (ms). Its prompt is there 0.42 s after exec on an idle machine (2.1.329).
 */
export const watched = 5000;
const settling = 300;
export const kept = 4000;

/** Waits until Claude Code has begun in the pane. */
export async function begun(tmux: Tmux, id: string, done: Promise<void>): Promise<void> {
  let over = false;
  const gone = async () => {
    while (!over && paneOf(tmux, id).alive) await sleep(100);
    // What it still has to say arrives first.
    await sleep(200);
    if (!over) {
      throw new Failure("the session ended before Claude Code began", { hint: paneOf(tmux, id).screen });
    }
  };
  try {
    await Promise.race([done, gone()]);
  } catch (error) {
    runTmux(tmux, ["kill-session", "-t", `=${id}`]);
    throw error;
  } finally {
    over = true;
  }
}

/** Whether it goes on. @throws Failure with what it showed when it has failed at once */
export async function stays(tmux: Tmux, id: string): Promise<boolean> {
  let until = performance.now() + watched;
  for (let shown = false; performance.now() < until; await sleep(50)) {
    const { alive, screen } = paneOf(tmux, id);
    if (!alive) return await endedWell(tmux, id);
    if (!shown && screen !== "") until = Math.min(until, performance.now() + settling);
    shown ||= screen !== "";
  }
  runTmux(tmux, ["set-option", "-wu", "-t", `=${id}:`, "remain-on-exit"]);
  return true;
}

/** False. @throws Failure when its status was not 0 */
async function endedWell(tmux: Tmux, id: string): Promise<false> {
  let pane = paneOf(tmux, id);
  for (let attempt = 0; attempt < 20 && pane.status === ""; attempt++) {
    // Of a process that ends as soon as it is made, tmux (3.3a) at times misses the signal and leaves a zombie.
    if (pane.server !== undefined) process.kill(pane.server, "SIGCHLD");
    await sleep(50);
    pane = paneOf(tmux, id);
  }
  runTmux(tmux, ["kill-session", "-t", `=${id}`]);
  if (pane.status === "0") return false;
  throw new Failure(
    [`Claude Code ended at once (${pane.status || "why is not known"}):`, pane.screen].join("\n"),
    {
      hint: "start it without --detach to see more",
      code: "ended-at-once",
    },
  );
}

interface Pane {
  /** By the kernel. */
  alive: boolean;
  /** Of an ended process: a number or `signal …`, empty as long as tmux does not know. */
  status: string;
  screen: string;
  /** Pid of the tmux server. */
  server?: number;
}

function paneOf(tmux: Tmux, id: string): Pane {
  const status = "#{?pane_dead_signal,signal #{pane_dead_signal},#{pane_dead_status}}";
  const { stdout } = runTmux(tmux, ["list-panes", "-t", `=${id}`, "-F", `#{pane_pid} #{pid} ${status}`]);
  const [pid, server, ...words] = stdout.trim().split(" ");
  if (!pid) return { alive: false, status: "", screen: "" };
  const alive = identityOf(Number(pid)) !== undefined;
  const lines = runTmux(tmux, ["capture-pane", "-p", "-J", "-S", "-50", "-t", `=${id}:`]).stdout.split("\n");
  const screen = lines.filter((line) => !/^Pane is dead/.test(line)).join("\n").trim();
  return { alive, status: words.join(" "), screen, server: Number(server) };
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
