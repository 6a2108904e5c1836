import type { Io } from "../../cli/io.ts";
import { printable } from "../../cli/text.ts";
import { duration } from "../../config/values.ts";
import { callingOwner } from "../../coordination/caller.ts";
import { openShared } from "../../coordination/open.ts";
import type { Taken } from "../../coordination/grants.ts";
import { type Owner, ownerOfProcess } from "../../coordination/owner.ts";
import { holderText } from "../../coordination/refusals.ts";
import { UsageFailure } from "../../errors.ts";
import type { Database } from "../../store/database.ts";
import { sentence } from "../../store/repair.ts";

/** Opens what sessions share, and says so when it had to be repaired. */
export function openTogether(io: Io): Database {
  const db = openShared(process.env);
  const { repaired } = db;
  if (repaired !== undefined) {
    const { aside } = repaired;
    io.stderr(`warning: ${sentence(repaired)}\n`);
    if (aside !== undefined) io.stderr(`warning: the damaged file is kept as ${aside}\n`);
  }
  return db;
}

/** Who acts: the process with that pid, else the session or shell that called. */
export function actor(pid?: number): Owner {
  return pid === undefined ? callingOwner(process.env) : ownerOfProcess(pid);
}

/** Milliseconds of waiting in silence. */
const silence = 1000;

/** Takes what somebody else may have; who waits for longer is told for whom. */
export async function takeInTime(
  io: Io,
  patience: number,
  attempt: (patience: number) => Promise<Taken>,
): Promise<Taken> {
  const taken = await attempt(Math.min(patience, silence));
  if (taken.granted || patience <= silence) return taken;
  const { kind, name } = taken.holder;
  io.stderr(printable(`waiting for ${kind} ${name}: ${holderText(taken.holder)}`) + "\n");
  return await attempt(patience - silence);
}

const span = duration("0s", "");

/** Milliseconds of an option's value: seconds, or a length of time such as `10m`. */
export function milliseconds(option: string, text: string): number {
  const time = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : span.accept(text);
  if (time !== undefined) return time;
  throw new UsageFailure(`--${option}: "${text}" is no length of time`, `write seconds, or --${option}=10m`);
}

/** How long to wait: not at all without the option, for as long as it takes with a bare one. */
export function patience(wait: string | undefined): number {
  return wait === undefined ? 0 : wait === "" ? Infinity : milliseconds("wait", wait);
}

/** A JSON value of the command line, or with `-` from stdin. */
export async function jsonValue(what: string, text: string): Promise<unknown> {
  const { readFileSync } = await import("node:fs");
  const source = text === "-" ? readFileSync(0, "utf8") : text;
  try {
    return JSON.parse(source);
  } catch {
    const shown = JSON.stringify(source.slice(0, 80));
    throw new UsageFailure(`${what} is no JSON: ${shown}`, `text goes in double quotes: '"text"'`);
  }
}
