import { expect, onTestFinished, test } from "vitest";
import { claim, claims, unclaim } from "../../src/coordination/claims.ts";
import { lastEvents } from "../../src/coordination/events.ts";
import { giveBackAll } from "../../src/coordination/give_back.ts";
import { acquire, cleanLocks, locks, release } from "../../src/coordination/locks.ts";
import type { Owner } from "../../src/coordination/owner.ts";
import { database, somebody } from "./shared.ts";

test("a claim has one winner; the others are told who and since when", () => {
  const db = database();
  const [ann, bob] = [somebody("ann"), somebody("bob")];
  expect(claim(db, "issue:15", ann.owner, { note: "login" })).toMatchObject({ granted: true, again: false });
  expect(claim(db, "issue:15", bob.owner)).toMatchObject({
    granted: false,
    holder: { name: "issue:15", note: "login", owner: { name: "ann" } },
  });
  expect(claim(db, "issue:15", ann.owner)).toMatchObject({ granted: true, again: true });
  expect(claim(db, "issue:16", bob.owner)).toMatchObject({ granted: true });
  expect(claims(db).map(({ name, owner }) => `${name} ${owner.name}`)).toEqual([
    "issue:15 ann",
    "issue:16 bob",
  ]);
  expect(claims(db, "issue:?6")).toHaveLength(1);
  expect(unclaim(db, "issue:15", { owner: bob.owner })).toMatchObject({
    returned: false,
    holder: { name: "issue:15" },
  });
  expect(unclaim(db, "issue:15", { owner: ann.owner })).toMatchObject({ returned: true });
  expect(unclaim(db, "issue:15", { owner: ann.owner })).toEqual({ returned: false });
  expect(unclaim(db, "issue:16", { owner: ann.owner, force: true })).toMatchObject({ returned: true });
  expect(lastEvents(db, 9).map(({ type, message, source }) => `${source}: ${type} ${message}`)).toEqual([
    "ann: claimed issue:15",
    "bob: claimed issue:16",
    "ann: unclaimed issue:15",
    "ann: unclaimed issue:16, of bob",
  ]);
});

test("what somebody had who was killed is the next one's at once, under a higher number", async () => {
  const db = database();
  const [ann, bob] = [somebody("ann"), somebody("bob")];
  const first = await acquire(db, "deploy", ann.owner);
  claim(db, "issue:15", ann.owner);
  await ann.kill();
  const second = await acquire(db, "deploy", bob.owner);
  expect(second).toMatchObject({ granted: true, from: { name: "ann" } });
  expect(second.granted && first.granted && second.grant.number > first.grant.number).toBe(true);
  expect(claims(db)).toEqual([]);
  expect(claim(db, "issue:15", bob.owner)).toMatchObject({ granted: true, from: { name: "ann" } });
  expect(lastEvents(db, 9, "lock-taken-over")).toMatchObject([{ source: "bob" }]);
});

test("who was seen alive a moment ago and is killed then keeps nothing longer than that moment", async () => {
  const db = database();
  const [ann, bob] = [somebody("ann"), somebody("bob")];
  claim(db, "issue:15", ann.owner);
  const look = setInterval(() => claim(db, "issue:15", bob.owner));
  onTestFinished(() => clearInterval(look));
  expect(claim(db, "issue:15", bob.owner)).toMatchObject({ granted: false });
  await ann.kill();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(claim(db, "issue:15", bob.owner)).toMatchObject({ granted: true, again: true });
});

test("numbers grow also over locks that were given back, and over restarts", async () => {
  const db = database();
  const ann = somebody("ann");
  let last = 0;
  for (let round = 0; round < 3; round++) {
    const taken = await acquire(db, "deploy", ann.owner);
    if (!taken.granted) throw new Error("not granted");
    expect(taken.grant.number).toBeGreaterThan(last);
    last = taken.grant.number;
    release(db, "deploy", { owner: ann.owner });
    db.close();
  }
  expect(locks(db)).toEqual([]);
});

test("who waits gets a lock as soon as it is given back, and as soon as its holder is killed", async () => {
  const db = database();
  const [ann, bob, cid] = [somebody("ann"), somebody("bob"), somebody("cid")];
  await acquire(db, "deploy", ann.owner);
  const waiting = acquire(database(db.directory), "deploy", bob.owner, { patience: 10_000 });
  setTimeout(() => release(db, "deploy", { owner: ann.owner }), 100);
  expect(await waiting).toMatchObject({ granted: true });
  const next = acquire(db, "deploy", cid.owner, { patience: 10_000 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await bob.kill();
  const begin = performance.now();
  expect(await next).toMatchObject({ granted: true });
  expect(performance.now() - begin).toBeLessThan(1000);
});

test("who waits in vain is told for whom", async () => {
  const db = database();
  const [ann, bob] = [somebody("ann"), somebody("bob")];
  await acquire(db, "deploy", ann.owner);
  const begin = performance.now();
  const taken = await acquire(db, "deploy", bob.owner, { patience: 200 });
  expect(taken).toMatchObject({ granted: false, holder: { owner: { name: "ann" } } });
  expect(performance.now() - begin).toBeGreaterThan(190);
});

test("a reused pid and another boot are not the owner that was written down", () => {
  const db = database();
  const [ann, bob] = [somebody("ann"), somebody("bob")];
  const strangers: Partial<Owner["identity"]>[] = [
    { startTime: ann.owner.identity.startTime - 1 },
    { bootId: "another boot" },
  ];
  for (const [i, changed] of strangers.entries()) {
    const gone = { ...ann.owner, key: `gone ${i}`, identity: { ...ann.owner.identity, ...changed } };
    expect(claim(db, `issue:${i}`, gone)).toMatchObject({ granted: true });
    expect(claim(db, `issue:${i}`, bob.owner)).toMatchObject({ granted: true, again: false });
  }
});

test("an owner in another container counts as living, since nobody here can know", () => {
  const db = database();
  const [ann, bob] = [somebody("ann"), somebody("bob")];
  const identity = { ...ann.owner.identity, host: "elsewhere", pidNamespace: 1 };
  claim(db, "issue:15", { ...ann.owner, key: "far", identity });
  expect(claim(db, "issue:15", bob.owner)).toMatchObject({ granted: false });
});

test("with a time limit a lock outlives its owner, ends by itself, and is given back by its number", async () => {
  const db = database();
  const [ann, bob] = [somebody("ann"), somebody("bob")];
  const taken = await acquire(db, "deploy", ann.owner, { ttl: 60_000 });
  const number = taken.granted ? taken.grant.number : 0;
  await ann.kill();
  expect(await acquire(db, "deploy", bob.owner)).toMatchObject({ granted: false });
  expect(release(db, "deploy", { number: number + 1 })).toMatchObject({ returned: false });
  expect(release(db, "deploy", { number })).toMatchObject({ returned: true });
  const cid = somebody("cid");
  await acquire(db, "deploy", bob.owner, { ttl: 1000 });
  expect(await acquire(db, "deploy", cid.owner)).toMatchObject({ granted: false });
  expect(await acquire(db, "deploy", cid.owner, { patience: 20_000 })).toMatchObject({ granted: true });
});

test("a time limit is not counted by the clock, which anybody may set", async () => {
  const db = database();
  const [ann, bob] = [somebody("ann"), somebody("bob")];
  await acquire(db, "deploy", ann.owner, { ttl: 60_000 });
  const now = Date.now;
  onTestFinished(() => void (Date.now = now));
  Date.now = () => now() + 86_400_000;
  expect(await acquire(db, "deploy", bob.owner)).toMatchObject({ granted: false });
});

test("all that somebody has can be given back at once, and what the dead had is cleaned away", async () => {
  const db = database();
  const [ann, bob] = [somebody("ann"), somebody("bob")];
  await acquire(db, "deploy", ann.owner);
  claim(db, "issue:15", ann.owner);
  expect(giveBackAll(db, ann.owner)).toHaveLength(2);
  expect(locks(db)).toEqual([]);
  await acquire(db, "deploy", bob.owner);
  expect(cleanLocks(db)).toEqual([]);
  await bob.kill();
  expect(cleanLocks(db)).toMatchObject([{ name: "deploy", owner: { name: "bob" } }]);
});

test("a name that would hurt a terminal is refused", () => {
  const db = database();
  const ann = somebody("ann");
  for (const name of ["", " a", "a\u001b[2J", "x".repeat(257)]) {
    expect(() => claim(db, name, ann.owner), name).toThrow(/not a claim/);
  }
});
