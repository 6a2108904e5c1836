import { spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { selfCommand } from "../../src/runtime/self.ts";
import { backUp, backups, faultIn } from "../../src/store/backup.ts";
import { listenForChanges } from "../../src/store/changes.ts";
import { backUpDaily, damagedFiles } from "../../src/store/daily_backup.ts";
import { Database } from "../../src/store/database.ts";
import { mountOf, unsafeFileSystem } from "../../src/store/file_system.ts";
import { scratch } from "./scratch.ts";
import { ended } from "./session_host.ts";

const worker = fileURLToPath(new URL("./store_worker.ts", import.meta.url));

function work(...words: string[]) {
  const [program, ...args] = selfCommand().slice(0, -1);
  return spawn(program!, [...args, worker, ...words], { stdio: ["ignore", "pipe", "pipe"] });
}

function open(directory: string): Database {
  const db = new Database(directory);
  onTestFinished(() => db.close());
  return db;
}

const put = (db: Database, key: string, value = "1") =>
  db.write(() =>
    db.run(
      "INSERT OR REPLACE INTO state (scope, key, value, changed_by, changed_at) VALUES ('s', ?, ?, '', '')",
      key,
      value,
    )
  );
const keys = (db: Database) =>
  db.all<{ key: string }>("SELECT key FROM state ORDER BY key").map(({ key }) => key);

test("what is written is there for the next one, and nobody else may read the file", () => {
  const directory = scratch();
  put(open(directory), "a");
  expect(keys(open(directory))).toEqual(["a"]);
  for (const name of readdirSync(directory)) {
    expect(statSync(join(directory, name)).mode & 0o077, name).toBe(0);
  }
});

test("a write that throws changes nothing, and one inside of it is part of it", () => {
  const db = open(scratch());
  expect(() =>
    db.write(() => {
      put(db, "a");
      throw new Error("mine");
    })
  ).toThrow("mine");
  expect(keys(db)).toEqual([]);
  expect(() => db.run("DELETE FROM state")).toThrow("inside write()");
});

test("many processes may make it at once, and each of their writes is kept", async () => {
  const directory = scratch();
  const all = await Promise.all(
    Array.from({ length: 6 }, (_, i) => ended(work(directory, String(i), "30"))),
  );
  expect(all.map(({ status, stderr }) => ({ status, stderr }))).toEqual(
    all.map(() => ({ status: 0, stderr: "" })),
  );
  expect(keys(open(directory))).toHaveLength(180);
}, 30_000);

test("a writer waits for another one instead of failing", async () => {
  const db = open(scratch());
  put(db, "a");
  const other = new DatabaseSync(db.path);
  other.exec("BEGIN IMMEDIATE");
  const child = ended(work(db.directory, "child", "1"));
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(keys(db)).toEqual(["a"]);
  other.exec("COMMIT");
  other.close();
  expect(await child).toMatchObject({ status: 0, stderr: "" });
}, 20_000);

test("a database of a newer program is left alone", () => {
  const db = open(scratch());
  const other = new DatabaseSync(db.path);
  other.exec("PRAGMA user_version = 999");
  other.close();
  expect(() => new Database(db.directory)).toThrow(/newer claude-ops/);
});

test("a link or somebody's directory in its place is not followed", () => {
  const directory = scratch();
  const elsewhere = join(scratch(), "x.db");
  writeFileSync(elsewhere, "");
  symlinkSync(elsewhere, join(directory, "state.db"));
  expect(() => new Database(directory)).toThrow(/symbolic link/);
  expect(statSync(elsewhere).size).toBe(0);
});

test("a file that others may read is closed to them", () => {
  const db = open(scratch());
  chmodSync(db.path, 0o644);
  open(db.directory);
  expect(statSync(db.path).mode & 0o777).toBe(0o600);
});

test("a backup of a database in use is whole, and only the last ones stay", () => {
  const db = open(scratch());
  for (let i = 0; i < 9; i++) {
    put(db, String(i));
    backUp(db.path);
  }
  const all = backups(db.path);
  expect(all).toHaveLength(7);
  expect(faultIn(all[0]!.path)).toBeUndefined();
  expect(readdirSync(join(db.directory, "backups"))).toHaveLength(7);
});

for (
  const [what, damage] of Object.entries({
    "overwritten": (path: string) => writeFileSync(path, "no database at all".repeat(500)),
    "cut short": (path: string) => truncateSync(path, 5000),
    "gone": (path: string) => rmSync(path),
  })
) {
  test(`a file that is ${what} is restored from the last backup, also for those who have it open`, () => {
    const directory = scratch();
    const db = open(directory);
    put(db, "kept");
    db.close();
    backUp(join(directory, "state.db"));
    const user = open(directory);
    put(user, "later");
    user.close();
    const holder = open(directory);
    expect(keys(holder)).toEqual(["kept", "later"]);
    damage(holder.path);
    if (what !== "gone") { for (const end of ["-wal", "-shm"]) rmSync(holder.path + end, { force: true }); }
    const next = open(directory);
    expect(keys(next)).toEqual(["kept"]);
    expect(next.repaired?.from?.takenAt).toMatch(/^2/);
    expect(next.get("SELECT type FROM events")).toMatchObject({ type: "database-restored" });
    if (what !== "gone") expect(existsSync(next.repaired!.aside!)).toBe(true);
    put(holder, "after");
    put(next, "too");
    expect(keys(next)).toEqual(["after", "kept", "too"]);
    expect(keys(holder)).toEqual(["after", "kept", "too"]);
  });
}

test("without any backup a damaged file is set aside and all begins anew", () => {
  const directory = scratch();
  writeFileSync(join(directory, "state.db"), "rubbish ".repeat(1000), { mode: 0o600 });
  const db = open(directory);
  put(db, "a");
  expect(keys(db)).toEqual(["a"]);
  expect(db.repaired).toMatchObject({ fault: "file is not a database" });
});

test("who listens hears of a write, and of nothing else", async () => {
  const db = open(scratch());
  const changes = listenForChanges(db.directory);
  onTestFinished(() => changes.close());
  const begin = performance.now();
  await changes.next(100);
  expect(performance.now() - begin).toBeGreaterThan(90);
  const heard = changes.next(10_000);
  put(db, "a");
  await heard;
  expect(performance.now() - begin).toBeLessThan(5_000);
});

test("a network file system is told from a local one", () => {
  expect(unsafeFileSystem(scratch())).toBeUndefined();
  expect(unsafeFileSystem("/dev/shm")).toBeUndefined();
  expect(mountOf("/proc/self/fd")).toEqual({ point: "/proc", type: "proc" });
});

test("a backup is taken once a day, and damage that nobody met yet is found and repaired by it", () => {
  const directory = scratch();
  expect(backUpDaily(directory)).toBeUndefined();
  const db = open(directory);
  for (let i = 0; i < 200; i++) put(db, `key ${i}`, JSON.stringify("x".repeat(200)));
  expect(backUpDaily(directory)).toBeUndefined();
  expect(backUpDaily(directory)).toBeUndefined();
  expect(backups(db.path)).toHaveLength(1);
  db.close();
  // The middle of the file, which opening it does not look at.
  const file = openSync(db.path, "r+");
  writeSync(file, Buffer.alloc(20_000, 7), 0, 20_000, Math.floor(statSync(db.path).size / 2 / 4096) * 4096);
  closeSync(file);
  const tomorrow = Date.now() + 86_400_000;
  expect(backUpDaily(directory, tomorrow)).toMatch(/damaged .*restored as of/);
  expect(keys(open(directory))).toHaveLength(200);
  expect(damagedFiles(directory)).toHaveLength(1);
});
