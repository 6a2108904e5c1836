import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { localTime, printable } from "../../cli/text.ts";
import { Exit } from "../../errors.ts";
import { becomeInit } from "../../schedule/init.ts";
import { keepTime, type Told } from "../../schedule/keeper.ts";
import { office } from "../../schedule/seats.ts";

/** `schedule run`: until a signal. */
export async function runSchedule(io: Io): Promise<Outcome> {
  becomeInit();
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => stop.abort());
  const tell = (told: Told) => {
    io.event(told);
    if (!io.json) io.stdout(`${io.style.dim(localTime(told.time))}  ${inWords(told, io)}\n`);
  };
  await keepTime(office(), stop.signal, tell);
  return { data: { ok: true, ended: true }, exit: Exit.ok };
}

function inWords({ event, job, user, reason, seconds, next }: Told, { style }: Io): string {
  const what = printable(`${job ?? "schedule"}${user ? ` for ${user}` : ""}`);
  const then = next === undefined ? "" : `, next at ${localTime(next)}`;
  switch (event) {
    case "keeping":
      return `${what}: keeping time as process ${process.pid}`;
    case "started":
      return `${what}: started`;
    case "ok":
      return `${what}: ${style.green("done")} in ${seconds} s${then}`;
    case "failed":
      return `${what}: ${style.red("failed")} after ${seconds} s: ${printable(reason ?? "")}${then}`;
    case "stopping":
      return `${what}: ending${reason ? `, waiting for ${printable(reason)}` : ""}`;
  }
}
