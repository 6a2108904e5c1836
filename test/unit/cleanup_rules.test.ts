import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { due, type Rules } from "../../src/cleanup/rules.ts";
import { newId } from "../../src/sessions/id.ts";
import { layoutOf } from "../../src/sessions/paths.ts";
import { setPinned } from "../../src/sessions/pins.ts";
import { day, hour, pastSession } from "./ended_sessions.ts";
import { scratch } from "./scratch.ts";

function home() {
  const layout = layoutOf({ HOME: scratch() });
  const names = (rules: Rules, now = Date.now()) =>
    due(layout, rules, now).map(({ record: { name }, reason }) => `${name}: ${reason}`);
  return { layout, names };
}

test("old ones and those in which nothing was said go by their age, the oldest first", () => {
  const { layout, names } = home();
  pastSession(layout, "month", { ago: 31 * day, said: "x" });
  pastSession(layout, "week", { ago: 7 * day, said: "x" });
  pastSession(layout, "silent", { ago: 2 * hour });
  pastSession(layout, "silent-new", { ago: hour / 2 });
  expect(names({ maxAge: 30 * day, unusedAge: hour })).toEqual(["month: old", "silent: never used"]);
  expect(names({ maxAge: 6 * day })).toEqual(["month: old", "week: old"]);
  expect(names({})).toEqual([]);
});

test("by count, those stay that were used last; by disk, as many as fit", () => {
  const { layout, names } = home();
  for (let i = 1; i <= 5; i++) pastSession(layout, `s${i}`, { ago: i * day, said: "x".repeat(100_000) });
  expect(names({ maxCount: 3 })).toEqual(["s5: too many", "s4: too many"]);
  expect(names({ maxCount: 0 })).toHaveLength(5);
  expect(names({ maxDisk: 300_000 })).toEqual(["s5: disk budget", "s4: disk budget", "s3: disk budget"]);
  expect(names({ maxDisk: 2 ** 30 })).toEqual([]);
  // What goes for its age is not counted against the budget.
  expect(names({ maxAge: 3.5 * day, maxDisk: 400_000 })).toEqual(["s5: old", "s4: old"]);
});

test("a live one, a pinned one and what claude-ops did not make stay, whatever the rule", () => {
  const { layout, names } = home();
  pastSession(layout, "live", { ago: 90 * day, said: "x", live: true });
  const pinned = pastSession(layout, "pinned", { ago: 90 * day, said: "x" });
  setPinned(layout, pinned, true, () => {});
  const foreign = join(layout.sessions, newId());
  mkdirSync(foreign);
  writeFileSync(join(foreign, "important"), "");
  const damaged = pastSession(layout, "damaged", { ago: 90 * day });
  writeFileSync(join(layout.sessions, damaged, "session.json"), '{"format": 1, "id');
  const linked = pastSession(layout, "linked", { ago: 90 * day });
  const record = join(layout.sessions, linked, "session.json");
  rmSync(record);
  symlinkSync(join(layout.sessions, pinned, "session.json"), record);
  mkdirSync(join(layout.sessions, "old-backup"));
  writeFileSync(join(layout.sessions, "4711.json"), "{}");
  const all = { maxAge: 0, unusedAge: 0, maxCount: 0, maxDisk: 0 };
  expect(names(all)).toEqual([]);
  setPinned(layout, pinned, false, () => {});
  expect(names(all)).toEqual(["pinned: old"]);
});

test("a session that was in use until yesterday is not old because it began long ago; one from the future is new", () => {
  const { layout, names } = home();
  const id = pastSession(layout, "long", { ago: 60 * day, said: "x" });
  writeFileSync(join(layout.sessions, id, "projects/-p", `${id}.jsonl`), "still said");
  pastSession(layout, "tomorrow", { ago: -day });
  pastSession(layout, "1970", { ago: Date.now() - 60_000, said: "x" });
  expect(names({ maxAge: 30 * day, unusedAge: hour })).toEqual([]);
});
