import { type ChildProcess, spawn } from "node:child_process";
import { Exit } from "../errors.ts";
import { claimKeeping } from "./keeping.ts";
import type { Office, Seat } from "./seats.ts";
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
  child: ChildProcess;
  ended: Promise<void>;
}

/**
 * Does each job when it is due, until the signal is aborted; then ends what runs.
 * @throws Failure with exit status 75 where somebody keeps time already
 */
export async function keepTime(
  { directory, seats }: Office,
  stop: AbortSignal,
  tell: (told: Told) => void,
): Promise<void> {
  const say = (told: Omit<Told, "time">) => tell({ time: new Date().toISOString(), ...told });
  const release = claimKeeping(directory);
  const running = new Map<string, Running>();
  let wake = () => {};
  stop.addEventListener("abort", () => wake());
  /** Milliseconds, by whose and which job. */
  let due = new Map<string, number>();
  say({ event: "keeping" });
  while (!stop.aborted) {
    const here = seats();
    const last = await Promise.all(
      here.map((seat) => due.has(nameOf(seat)) ? undefined : seat.lastStart().catch(() => undefined)),
    );
    if (stop.aborted) break;
    const now = Date.now();
    const before = due;
    due = new Map();
    for (const [i, seat] of here.entries()) {
      const name = nameOf(seat);
      const next = nextTime(seat.job, now);
      const time = before.get(name) ?? dueTime(seat.job, last[i], now);
      const ready = !running.has(name) && time <= now;
      // A clock that was set back must not put off everything until it has caught up.
      due.set(name, ready ? next : Math.min(time, next));
      if (ready) running.set(name, start(seat, now));
    }
    const soonest = Math.min(...[...due].filter(([name]) => !running.has(name)).map(([, time]) => time));
    const { promise, resolve } = Promise.withResolvers<void>();
    wake = resolve;
    const timer = setTimeout(resolve, Math.min(LOOK, Math.max(0, soonest - Date.now())));
    if (!stop.aborted) await promise;
    clearTimeout(timer);
  }
  const names = [...running.keys()].join(", ");
  say({ event: "stopping", ...(names ? { reason: names } : {}) });
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
      running.delete(nameOf(seat));
      const well = status === Exit.ok || status === Exit.findings || status === Exit.busy;
      say({
        event: well ? "ok" : "failed",
        ...whose,
        seconds: Math.round((Date.now() - now) / 100) / 10,
        ...(well ? {} : { reason: reasonIn(said) ?? String(status) }),
        next: new Date(due.get(nameOf(seat)) ?? nextTime(seat.job, Date.now())).toISOString(),
      });
      wake();
    });
    return { child, ended };
  }
}

const nameOf = ({ job, user }: Seat) => user ? `${job.name} for ${user}` : job.name;

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
