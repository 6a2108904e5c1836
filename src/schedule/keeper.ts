import { type ChildProcess, spawn } from "node:child_process";
import { Exit } from "../errors.ts";
import { claimKeeping } from "./keeping.ts";
import { readLastRun } from "./last_run.ts";
import type { Seat } from "./seats.ts";
import { dueTime, nextTime } from "./times.ts";

/** What `schedule run` tells. Times are ISO 8601. */
export interface Told {
  time: string;
  event: "keeping" | "started" | "ok" | "failed" | "stopping";
  job?: string;
  user?: string;
  seconds?: number;
  reason?: string;
  next?: string;
}

/** Milliseconds. A timer sleeps while the machine does, so the clock is looked at this often. */
const LOOK = 30_000;
/** Milliseconds that jobs get to end when the schedule does. */
const GRACE = 10_000;

interface Running {
  seat: Seat;
  child: ChildProcess;
  ended: Promise<void>;
}

/**
 * Does each job when it is due, until the signal is aborted; then ends what runs.
 * @param directory where it is written down who keeps time
 * @throws Failure with exit status 75 where somebody does already
 */
export async function keepTime(
  seats: readonly Seat[],
  directory: string,
  stop: AbortSignal,
  tell: (told: Told) => void,
): Promise<void> {
  const say = (told: Omit<Told, "time">) => tell({ time: new Date().toISOString(), ...told });
  const release = claimKeeping(directory);
  const running = new Map<Seat, Running>();
  let wake = () => {};
  stop.addEventListener("abort", () => wake());
  const due = new Map(seats.map((seat) => [seat, dueTime(seat.job, lastStart(seat), Date.now())]));
  say({ event: "keeping" });
  while (!stop.aborted) {
    const now = Date.now();
    for (const seat of seats) {
      const next = nextTime(seat.job, now);
      const ready = !running.has(seat) && due.get(seat)! <= now;
      // A clock that was set back must not put off everything until it has caught up.
      due.set(seat, ready ? next : Math.min(due.get(seat)!, next));
      if (!ready) continue;
      running.set(seat, start(seat, now));
    }
    const soonest = Math.min(...[...due].filter(([seat]) => !running.has(seat)).map(([, time]) => time));
    const { promise, resolve } = Promise.withResolvers<void>();
    wake = resolve;
    const timer = setTimeout(resolve, Math.min(LOOK, Math.max(0, soonest - Date.now())));
    if (!stop.aborted) await promise;
    clearTimeout(timer);
  }
  const names = [...running.keys()].map(({ job, user }) => user ? `${job.name} for ${user}` : job.name);
  say({ event: "stopping", ...(names.length > 0 ? { reason: names.join(", ") } : {}) });
  await endAll([...running.values()]);
  release();

  function start(seat: Seat, now: number): Running {
    const whose = { job: seat.job.name, ...(seat.user ? { user: seat.user } : {}) };
    say({ event: "started", ...whose });
    // A group of its own: Ctrl-C in a terminal reaches us alone, and we end the group.
    const [program, ...words] = seat.command;
    const child = spawn(program!, words, {
      ...seat.spawn,
      cwd: "/",
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    const listen = (data: unknown) => said = (said + data).slice(-8192);
    child.stdout!.on("data", listen);
    child.stderr!.on("data", listen);
    const status = new Promise<number | string>((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("close", (code, signal) => resolve(code ?? `ended by ${signal}`));
    });
    const ended = status.then((status) => {
      running.delete(seat);
      const well = status === Exit.ok || status === Exit.findings || status === Exit.busy;
      say({
        event: well ? "ok" : "failed",
        ...whose,
        seconds: Math.round((Date.now() - now) / 100) / 10,
        ...(well ? {} : { reason: reasonIn(said) ?? String(status) }),
        next: new Date(due.get(seat)!).toISOString(),
      });
      wake();
    });
    return { seat, child, ended };
  }
}

function lastStart({ records, job }: Seat): number | undefined {
  const last = readLastRun(records, job);
  return last && Date.parse(last.startedAt);
}

/** The message of the last JSON line that has one. */
function reasonIn(said: string): string | undefined {
  const messages = said.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line).error?.message];
    } catch {
      return [];
    }
  });
  return messages.findLast((message) => typeof message === "string") ?? said.trim().split("\n").at(-1);
}

async function endAll(running: readonly Running[]): Promise<void> {
  const signal = (name: NodeJS.Signals) => {
    for (const { child } of running) {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, name);
      } catch {
        // It has ended.
      }
    }
  };
  signal("SIGTERM");
  const all = Promise.all(running.map(({ ended }) => ended));
  const timer = setTimeout(() => signal("SIGKILL"), GRACE);
  await all;
  clearTimeout(timer);
}
