import { expect, test } from "vitest";
import { addEvent, type Event, followEvents, keptEvents, lastEvents } from "../../src/coordination/events.ts";
import { claim } from "../../src/coordination/claims.ts";
import { handoffs, handOver, pickUp } from "../../src/coordination/handoff.ts";
import { health } from "../../src/coordination/health.ts";
import { allProgress, progressOf, setProgress } from "../../src/coordination/progress.ts";
import { completeTask, failTask, retryTask } from "../../src/coordination/end_task.ts";
import { claimTask, push } from "../../src/coordination/queue.ts";
import {
  deleteScope,
  deleteState,
  entriesOf,
  getState,
  scopes,
  setState,
} from "../../src/coordination/state.ts";
import { findTask, queues, tasks } from "../../src/coordination/tasks.ts";
import { watchState } from "../../src/coordination/watch_state.ts";
import { layoutOf } from "../../src/sessions/paths.ts";
import { scratch } from "./scratch.ts";
import { database, somebody } from "./shared.ts";

const at = (scope: string, key: string) => ({ scope, key });

test("a value is what was set last, and a comparison decides who may set it", () => {
  const db = database();
  const first = setState(db, { ...at("project:shop", "plan"), value: { a: 1, b: [true, null] } }, "ann");
  expect(getState(db, "project:shop", "plan")).toMatchObject({ value: { a: 1, b: [true, null] }, by: "ann" });
  const version = first.changed ? first.version : 0;
  const second = setState(db, { ...at("project:shop", "plan"), value: 2 }, "bob", { version });
  expect(second).toMatchObject({ changed: true });
  expect(setState(db, { ...at("project:shop", "plan"), value: 3 }, "cid", { version })).toMatchObject({
    changed: false,
    current: { value: 2, by: "bob" },
  });
  const absent = { version: 0 };
  expect(setState(db, { ...at("project:shop", "plan"), value: 3 }, "cid", absent).changed).toBe(false);
  expect(setState(db, { ...at("project:shop", "new"), value: { x: 1, y: 2 } }, "cid", absent).changed).toBe(
    true,
  );
  const same = { value: { y: 2, x: 1 } };
  expect(setState(db, { ...at("project:shop", "new"), value: 4 }, "cid", same).changed).toBe(true);
  expect(setState(db, { ...at("project:shop", "new"), value: 5 }, "cid", same).changed).toBe(false);
});

test("a version never comes back, not even when what it was of is gone", () => {
  const db = database();
  const first = setState(db, { ...at("s", "k"), value: 1 }, "ann");
  expect(deleteState(db, at("s", "k"), "ann").changed).toBe(true);
  expect(deleteState(db, at("s", "k"), "ann")).toEqual({ changed: false, current: undefined });
  expect(getState(db, "s", "k")).toBeUndefined();
  const again = setState(db, { ...at("s", "k"), value: 1 }, "bob");
  expect(again.changed && first.changed && again.version > first.version + 1).toBe(true);
});

test("scopes are found by a pattern, and go as a whole", () => {
  const db = database();
  for (const scope of ["issue:1", "issue:22", "session:a"]) {
    setState(db, { ...at(scope, "k"), value: 1 }, "ann");
  }
  expect(scopes(db, "issue:*")).toEqual(["issue:1", "issue:22"]);
  expect(scopes(db, "issue:?")).toEqual(["issue:1"]);
  setState(db, { ...at("issue:1", "l"), value: 2 }, "ann");
  expect(entriesOf(db, "issue:1").map(({ key, value }) => [key, value])).toEqual([["k", 1], ["l", 2]]);
  expect(deleteScope(db, "issue:1", "ann")).toBe(2);
  expect(scopes(db)).toEqual(["issue:22", "session:a"]);
});

test("who watches sees what is there, what changes and what goes, and nothing of others", async () => {
  const db = database();
  setState(db, { ...at("s", "a"), value: 1 }, "ann");
  setState(db, { ...at("s", "old"), value: 1 }, "ann");
  deleteState(db, at("s", "old"), "ann");
  const other = database(db.directory);
  const seen: unknown[] = [];
  for await (const { key, value } of watchState(db, "s")) {
    seen.push([key, value]);
    if (seen.length === 1) {
      setState(other, { ...at("t", "x"), value: 0 }, "bob");
      setTimeout(() => setState(other, { ...at("s", "b"), value: 2 }, "bob"), 50);
    }
    if (seen.length === 2) deleteState(other, at("s", "a"), "bob");
    if (seen.length === 3) break;
  }
  expect(seen).toEqual([["a", 1], ["b", 2], ["a", undefined]]);
});

test("a task is given to one, and ends when that one says so", () => {
  const db = database();
  const [ann, bob] = [somebody("ann"), somebody("bob")];
  const ids = [{ n: 1 }, { n: 2 }].map((value) => push(db, "q", value, "ann"));
  expect(claimTask(db, "q", ann.owner)).toMatchObject({ id: ids[0], value: { n: 1 }, attempts: 1 });
  expect(claimTask(db, "q", bob.owner)).toMatchObject({ id: ids[1] });
  expect(claimTask(db, "q", bob.owner)).toBeUndefined();
  expect(() => completeTask(db, ids[0]!, bob.owner)).toThrow(/worked on by ann/);
  expect(completeTask(db, ids[0]!, ann.owner, "fine")).toMatchObject({ status: "done", result: "fine" });
  expect(() => completeTask(db, ids[0]!, ann.owner)).toThrow(/not claimed: it is done/);
  expect(() => completeTask(db, 999, ann.owner)).toThrow(/no task 999/);
  expect(tasks(db, "q")).toMatchObject([{ id: ids[1], status: "claimed", owner: { name: "bob" } }]);
  expect(queues(db)).toEqual([{ queue: "q", pending: 0, claimed: 1, done: 1, failed: 0 }]);
});

test("a task of somebody who was killed returns to its old place", async () => {
  const db = database();
  const [ann, bob] = [somebody("ann"), somebody("bob")];
  for (const n of [1, 2]) push(db, "q", n, "ann");
  claimTask(db, "q", ann.owner);
  await ann.kill();
  expect(claimTask(db, "q", bob.owner)).toMatchObject({ value: 1, attempts: 2 });
  expect(lastEvents(db, 1)).toMatchObject([{ type: "tasks-returned" }]);
});

test("a task that kills whoever works on it fails in the end", async () => {
  const db = database();
  const id = push(db, "q", "poison", "ann", { maxAttempts: 2 });
  for (let round = 0; round < 2; round++) {
    const victim = somebody("victim");
    expect(claimTask(db, "q", victim.owner)).toMatchObject({ id });
    await victim.kill();
  }
  expect(claimTask(db, "q", somebody("bob").owner)).toBeUndefined();
  expect(findTask(db, id)).toMatchObject({ status: "failed", attempts: 2 });
});

test("a task that failed is tried again later, until it was tried often enough or is given up", () => {
  const db = database();
  const { owner } = somebody("ann");
  const id = push(db, "q", 1, "ann", { maxAttempts: 2 });
  claimTask(db, "q", owner);
  expect(failTask(db, id, owner, { reason: "no disk" })).toMatchObject({
    status: "pending",
    result: "no disk",
  });
  expect(claimTask(db, "q", owner)).toBeUndefined();
  db.write(() => db.run("UPDATE tasks SET ready_at = 0"));
  expect(claimTask(db, "q", owner)).toMatchObject({ attempts: 2 });
  expect(failTask(db, id, owner, { reason: "again" })).toMatchObject({ status: "failed" });
  expect(retryTask(db, id)).toMatchObject({ status: "pending", attempts: 0 });
  claimTask(db, "q", owner);
  expect(failTask(db, id, owner, { retry: false })).toMatchObject({ status: "failed", attempts: 1 });
});

test("progress is the last that was said, also as a shared value", () => {
  const db = database();
  setProgress(db, "issue:15", { phase: "tests", percent: 75, message: "nearly" }, "ann");
  expect(progressOf(db, "issue:15")).toMatchObject({
    phase: "tests",
    percent: 75,
    message: "nearly",
    by: "ann",
  });
  expect(getState(db, "issue:15", "progress")!.value).toEqual({
    phase: "tests",
    percent: 75,
    message: "nearly",
  });
  setState(db, { ...at("issue:16", "progress"), value: "odd" }, "bob");
  expect(allProgress(db).map(({ topic }) => topic)).toEqual(["issue:16", "issue:15"]);
  expect(() => setProgress(db, "issue:15", { percent: 101 }, "ann")).toThrow(/no percentage/);
});

test("a handoff passes the claim on and is picked up by one", () => {
  const db = database();
  const [ann, bob, cid] = [somebody("ann"), somebody("bob"), somebody("cid")];
  claim(db, "issue:15", ann.owner);
  const words = { topic: "issue:15", project: "/shop", files: ["a.ts"], next: ["test it"], branch: "feat" };
  handOver(db, words, ann.owner);
  expect(handoffs(db, { project: "/shop" })).toMatchObject([{ ...words, from: "ann" }]);
  expect(pickUp(db, "issue:15", bob.owner)).toMatchObject({ handoff: words, claimed: true });
  expect(pickUp(db, "issue:15", cid.owner)).toBeUndefined();
  expect(claim(db, "issue:15", cid.owner)).toMatchObject({
    granted: false,
    holder: { owner: { name: "bob" } },
  });
});

test("events keep their order, are followed as they come, and only the newest stay", async () => {
  const db = database();
  for (let i = 0; i < 3; i++) addEvent(db, "ann", { type: "t", message: String(i), data: { i } });
  const seen: Event[] = [];
  const other = database(db.directory);
  setTimeout(() => addEvent(other, "bob", { type: "t", message: "later" }), 50);
  for await (const event of followEvents(db, 1)) {
    seen.push(event);
    if (seen.length === 3) break;
  }
  expect(seen.map(({ message, source }) => `${source} ${message}`)).toEqual(["ann 1", "ann 2", "bob later"]);
  db.write(() => db.run("UPDATE sqlite_sequence SET seq = ? WHERE name = 'events'", keptEvents + 2));
  addEvent(db, "ann", { type: "u", message: "last" });
  expect(lastEvents(db, 10).map(({ message }) => message)).toEqual(["later", "last"]);
});

test("health tells who has what, and frees what the dead had", async () => {
  const db = database();
  const layout = layoutOf({ HOME: scratch() });
  const [ann, bob] = [somebody("ann"), somebody("bob")];
  claim(db, "issue:15", ann.owner);
  claim(db, "issue:16", bob.owner);
  push(db, "q", 1, "ann");
  claimTask(db, "q", bob.owner);
  await bob.kill();
  const found = await health(db, layout, {});
  expect(found.members).toMatchObject([{
    owner: { name: "ann" },
    liveness: "live",
    claims: [{ name: "issue:15" }],
  }]);
  expect(found.freed).toMatchObject([{ name: "issue:16" }]);
  expect(found.returned).toBe(1);
  expect(await health(db, layout, {})).toMatchObject({ freed: [], returned: 0 });
});
