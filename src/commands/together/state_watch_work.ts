import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { printable } from "../../cli/text.ts";
import { fits } from "../../coordination/condition.ts";
import type { Entry } from "../../coordination/state.ts";
import { watchState } from "../../coordination/watch_state.ts";
import { Exit, Failure } from "../../errors.ts";
import { jsonValue, milliseconds, openTogether } from "./together.ts";

/** Tells each change as it happens, until a value is there or the time is up. */
export async function watchHere(
  scope: string,
  key: string | undefined,
  { until, timeout }: { until: string | undefined; timeout: string | undefined },
  io: Io,
): Promise<Outcome> {
  const awaited = until === undefined ? undefined : { value: await jsonValue("--until", until) };
  const entries = watchState(openTogether(io), scope, key === undefined ? {} : { key });
  const limit = timeout === undefined ? undefined : milliseconds("timeout", timeout);
  for await (const entry of within(entries, limit)) {
    if (awaited !== undefined && fits(entry, awaited)) return { data: entry, render: () => line(entry) };
    if (io.json) io.event(entry);
    else io.stdout(`${line(entry)}\n`);
  }
  throw new Failure(`nothing more came of ${scope} in time`, { exit: Exit.busy, code: "timeout" });
}

const line = ({ key, value }: Entry) => `${printable(key)} ${JSON.stringify(value) ?? ""}`.trimEnd();

async function* within<T>(source: AsyncGenerator<T>, limit: number | undefined): AsyncGenerator<T> {
  const deadline = limit === undefined ? undefined : performance.now() + limit;
  for (;;) {
    const next = source.next();
    const late = Promise.withResolvers<{ done: true }>();
    const timer = deadline === undefined
      ? undefined
      : setTimeout(() => late.resolve({ done: true }), Math.max(0, deadline - performance.now()));
    const got = await Promise.race([next, late.promise]);
    clearTimeout(timer);
    if (got.done) return;
    yield got.value;
  }
}
