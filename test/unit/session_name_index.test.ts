import { mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { identityOf } from "../../src/runtime/process.ts";
import { find } from "../../src/sessions/find.ts";
import { newId } from "../../src/sessions/id.ts";
import { quoted } from "../../src/sessions/name.ts";
import { dropName, indexedAs, takeName } from "../../src/sessions/names.ts";
import { ensureLayout, layoutOf } from "../../src/sessions/paths.ts";
import { recordedSession } from "./ended_sessions.ts";
import { scratch } from "./scratch.ts";
import { ended, SessionHost } from "./session_host.ts";

const identity = identityOf(process.pid)!;

function host() {
  const layout = layoutOf({ HOME: scratch() });
  ensureLayout(layout);
  const add = (name: string, live: boolean) => recordedSession(layout, name, live ? { identity } : {});
  return { layout, add };
}

test("a name belongs to the live session that took it, and is free again when that has ended", () => {
  const { layout, add } = host();
  const [dead, first, second] = [add("one", false), add("one", true), add("one", true)];
  expect(takeName(layout, "one", dead)).toBeUndefined();
  expect(takeName(layout, "one", first)).toBeUndefined();
  expect(takeName(layout, "one", second)?.id).toBe(first);
  expect(takeName(layout, "one", first)).toBeUndefined();
  rmSync(join(layout.sessions, first), { recursive: true });
  expect(takeName(layout, "one", second)).toBeUndefined();
  expect(indexedAs(layout, "one").map(({ id }) => id)).toEqual([dead, second]);
});

test("of 32 starts with one name at the same instant, exactly one wins, and the others say who", async () => {
  const host = new SessionHost("sleep 15");
  const children = Array.from({ length: 32 }, () => host.spawn("session", "start", "one"));
  const ends = children.map(ended);
  const lost = await Promise.all(ends.map((end, i) =>
    Promise.race([
      end,
      new Promise<undefined>((resolve) => {
        // The winner goes on; it is known by the others having ended.
        const timer = setInterval(() => {
          if (children.filter(({ exitCode }) => exitCode !== null).length < 31) return;
          clearInterval(timer);
          if (children[i]!.exitCode === null) resolve(undefined);
        }, 20);
      }),
    ])
  ));
  const winner = children[lost.indexOf(undefined)]!;
  expect(lost.filter((end) => end === undefined)).toHaveLength(1);
  for (const end of lost) {
    if (end) {
      expect(end).toMatchObject({
        status: 1,
        stderr: expect.stringContaining(`live already: pid ${winner.pid}, in ${host.work}`),
      });
    }
  }
  expect(host.ids).toHaveLength(1);
  expect(readdirSync(host.layout.live)).toEqual(host.ids);
}, 60_000);

test("an index that is lost, or wrong, is made again from the records", () => {
  const { layout, add } = host();
  const [one, other] = [add("one", true), add("other", false)];
  expect(find(layout, "one").id).toBe(one);
  expect(readlinkSync(join(layout.names, "one/1"))).toBe(one);
  rmSync(layout.names, { recursive: true });
  expect(find(layout, "other").id).toBe(other);
  // A link to a session of another name, to one that is gone, and to none at all.
  rmSync(join(layout.names, "other"), { recursive: true });
  mkdirSync(join(layout.names, "other"));
  for (const [i, target] of [one, newId(), "../../x"].entries()) {
    symlinkSync(target, join(layout.names, `other/${i + 1}`));
  }
  expect(find(layout, "other").id).toBe(other);
  expect(indexedAs(layout, "other").map(({ id }) => id)).toEqual([other]);
});

test("a session that goes away leaves the index, and with the last one the name goes", () => {
  const { layout, add } = host();
  const [first, second] = [add("one", false), add("one", false)];
  for (const id of [first, second]) takeName(layout, "one", id);
  dropName(layout, "one", first);
  expect(readdirSync(join(layout.names, "one"))).toEqual(["2"]);
  dropName(layout, "one", second);
  expect(readdirSync(layout.names)).toEqual([]);
});

test.each([["login", "login"], ["issue 12", "'issue 12'"], ["it's", "'it'\\''s'"], ["$(x)", "'$(x)'"], [
  "a;b",
  "'a;b'",
]])(
  "%j is one word of a shell as %s",
  (name, word) => expect(quoted(name)).toBe(word),
);
