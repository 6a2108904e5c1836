import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { giveUp, holdsAlone, intend, recordEdit, release, sweep } from "../../src/guard/guard.ts";
import type { Holder } from "../../src/guard/holder.ts";
import { allHolds } from "../../src/guard/holds.ts";
import { letGo } from "../../src/guard/let_go.ts";
import type { Policy } from "../../src/guard/rule.ts";
import { identityOf } from "../../src/runtime/process.ts";
import { layoutOf } from "../../src/sessions/paths.ts";
import { scratch } from "./scratch.ts";

const hour = 3_600_000;

function place(policy: Policy = "ask") {
  const layout = layoutOf({ HOME: scratch() });
  mkdirSync(layout.ops, { recursive: true });
  const ruleOf = () => Promise.resolve({ policy, idle: 2 * hour });
  const want = async (who: Holder, path: string, now?: number) =>
    (await intend(layout, who, path, ruleOf, now)).others.map(({ by }) => by.name);
  return { layout, want };
}

/** A session of the kind that claude-ops did not start: a process, and its name. */
function session(name: string): Holder & { kill(): Promise<void> } {
  const child = spawn("sleep", ["600"], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const kill = () => (process.kill(child.pid!, "SIGKILL"), ended);
  onTestFinished(() => child.exitCode === null && child.signalCode === null ? kill() : undefined);
  return { name, identity: identityOf(child.pid!)!, kill };
}

test("a file is its first editor's, every other one is told who that is", async () => {
  const { layout, want } = place();
  const [apple, pear] = [session("apple"), session("pear")];
  expect(await want(apple, "/w/a")).toEqual([]);
  recordEdit(layout, apple, "/w/a");
  expect(await want(apple, "/w/a")).toEqual([]);
  expect(await want(pear, "/w/a")).toEqual(["apple"]);
  expect(await want(pear, "/w/b")).toEqual([]);
  expect(await want(apple, "/w/b")).toEqual(["pear"]);
});

test("kill -9 of a holder frees its files at once, and what the dead held is swept", async () => {
  const { layout, want } = place();
  const [apple, pear] = [session("apple"), session("pear")];
  for (const path of ["/w/a", "/w/b"]) recordEdit(layout, apple, path);
  expect(await want(pear, "/w/a")).toEqual(["apple"]);
  await apple.kill();
  expect(await want(pear, "/w/a")).toEqual([]);
  sweep(layout);
  expect(allHolds(layout).map(({ path }) => path)).toEqual(["/w/a"]);
});

test("an edit that was not made holds nothing for long, one that failed nothing at all", async () => {
  const { layout, want } = place();
  const [apple, pear] = [session("apple"), session("pear")];
  const now = Date.now();
  await want(apple, "/w/a", now);
  expect(await want(pear, "/w/a", now + 60_000)).toEqual(["apple"]);
  expect(await want(pear, "/w/a", now + 6 * 60_000)).toEqual([]);
  await want(apple, "/w/b", now);
  giveUp(layout, apple, "/w/b");
  expect(await want(pear, "/w/b", now)).toEqual([]);
});

test("a session that was idle for too long holds nothing any more", async () => {
  const { layout, want } = place();
  const [apple, pear] = [session("apple"), session("pear")];
  const now = Date.now();
  recordEdit(layout, apple, "/w/a", now);
  expect(await want(pear, "/w/a", now + hour)).toEqual(["apple"]);
  expect(await want(pear, "/w/a", now + 3 * hour)).toEqual([]);
});

test("by the policy an edit waits for an answer or goes on beside the other one", async () => {
  for (
    const [policy, told, held] of [["deny", ["apple"], 1], ["warn", ["apple"], 2], ["off", [], 2]] as const
  ) {
    const { layout, want } = place(policy);
    recordEdit(layout, session("apple"), "/w/a");
    expect(await want(session("pear"), "/w/a"), policy).toEqual(told);
    expect(allHolds(layout), policy).toHaveLength(held);
  }
});

test("a person is asked about a file only once its session was told who has it, each session anew", async () => {
  for (const [policy, second] of [["ask", true], ["deny", false]] as const) {
    const { layout } = place(policy);
    const ruleOf = () => Promise.resolve({ policy, idle: 2 * hour });
    const [apple, pear, plum] = [session("apple"), session("pear"), session("plum")];
    const now = Date.now();
    const knows = async (who: Holder, then: number) =>
      (await intend(layout, who, "/w/a", ruleOf, then)).known;
    recordEdit(layout, apple, "/w/a", now);
    expect(await knows(pear, now), policy).toBe(false);
    expect(await knows(pear, now + 1), policy).toBe(second);
    expect(await knows(plum, now + 1), policy).toBe(false);
    // Going on with it, its holder changes nothing of that; time does, and a clock that was set back.
    recordEdit(layout, apple, "/w/a", now + 2);
    expect(await knows(pear, now + 2), policy).toBe(second);
    expect(await knows(pear, now + 11 * 60_000), policy).toBe(false);
    expect(await knows(pear, now - hour), policy).toBe(false);
  }
});

test("who edits all the same, since a person said yes, is seen by the others from then on", async () => {
  const { layout, want } = place();
  const [apple, pear] = [session("apple"), session("pear")];
  recordEdit(layout, apple, "/w/a");
  await want(pear, "/w/a");
  expect(recordEdit(layout, pear, "/w/a").map(({ by }) => by.name)).toEqual(["apple"]);
  expect(await want(apple, "/w/a")).toEqual(["pear"]);
});

test("of many who want a file at the same instant one gets it", async () => {
  const { want } = place();
  const all = Array.from({ length: 12 }, (_, i) => session(`s${i}`));
  const answers = await Promise.all(all.map((one) => want(one, "/w/a")));
  expect(answers.filter((others) => others.length === 0)).toHaveLength(1);
});

test("two spellings are one file only where the file system says so", async () => {
  const { layout, want } = place();
  const [apple, pear] = [session("apple"), session("pear")];
  const file = join(layout.home, "Makefile");
  writeFileSync(file, "");
  recordEdit(layout, apple, file);
  expect(await want(pear, join(layout.home, "makefile"))).toEqual([]);
  expect(await want(pear, file)).toEqual(["apple"]);
});

test("a session lets go of its own files, a person of anybody's", () => {
  const { layout } = place();
  const [apple, pear] = [session("apple"), session("pear")];
  for (const path of ["/w/a", "/w/b", "/w/c"]) recordEdit(layout, apple, path);
  expect(() => letGo(layout, ["/w/a", "/w/nothing"], apple)).toThrow("nobody holds /w/nothing");
  expect(() => letGo(layout, ["/w/a"], pear)).toThrow("held by session apple");
  expect(letGo(layout, ["/w/a"], apple)).toHaveLength(1);
  expect(letGo(layout, ["/w/b"], undefined)).toHaveLength(1);
  expect(release(layout, apple)).toMatchObject([{ path: "/w/c" }]);
  expect(allHolds(layout)).toEqual([]);
});

test("a session that has a file to itself is let through without a lock and without a write", () => {
  const { layout } = place();
  const id = "01900000-0000-7000-8000-000000000001";
  const me: Holder = { ...session("apple"), id };
  recordEdit(layout, me, "/w/a");
  const [bucket] = readdirSync(layout.held).filter((name) => name.endsWith(".json"));
  const file = join(layout.held, bucket!);
  utimesSync(file, 1, 1);
  expect(holdsAlone(layout, id, "/w/a")).toBe(true);
  expect(holdsAlone(layout, id, "/w/b")).toBe(false);
  expect(holdsAlone(layout, id, "/w/a", Date.now() + 2 * 60_000)).toBe(false);
  recordEdit(layout, session("pear"), "/w/a");
  expect(holdsAlone(layout, id, "/w/a")).toBe(false);
});

test("a damaged record is said once, set aside, and the next edit is decided again", async () => {
  const { layout, want } = place();
  const apple = session("apple");
  recordEdit(layout, apple, "/w/a");
  const [bucket] = readdirSync(layout.held).filter((name) => name.endsWith(".json"));
  writeFileSync(join(layout.held, bucket!), '[{"path":');
  await expect(want(session("pear"), "/w/a")).rejects.toThrow("cannot be read");
  expect(readFileSync(join(layout.held, `${bucket}.damaged`), "utf8")).toBe('[{"path":');
  expect(await want(session("plum"), "/w/a")).toEqual([]);
});
