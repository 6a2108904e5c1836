import { spawnSync } from "node:child_process";
import { chownSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { identityOf } from "../../src/runtime/process.ts";
import { isId, newId } from "../../src/sessions/id.ts";
import { createRecord, readRecord, type SessionRecord } from "../../src/sessions/record.ts";
import { scratch } from "./scratch.ts";

const id = newId();
const record: SessionRecord = {
  format: 1,
  id,
  name: "one",
  project: "/p",
  cwd: "/p",
  identity: identityOf(process.pid)!,
  claude: { path: "/c", version: "2.1.329" },
  createdAt: "2026-01-02T03:04:05.678Z",
};
const dead = { ...record.identity, startTime: 1 };

function directory(): string {
  const path = join(scratch(), id);
  mkdirSync(path);
  return path;
}
const text = JSON.stringify(record);

test("a record is read back as it was written, and nothing else is left", () => {
  const path = directory();
  createRecord(path, record);
  expect(readRecord(path)).toEqual(record);
  expect(readdirSync(path)).toEqual(["session.json"]);
});

test("a directory without a record is none of ours", () => {
  expect(readRecord(directory())).toBeUndefined();
});

test.each([
  ["cut in half", text.slice(0, text.length / 2), "no complete JSON"],
  ["empty", "", "empty"],
  ["null", "null", "no object"],
  ["huge", text + " ".repeat(70_000), "too large"],
  ["of a later format", JSON.stringify({ ...record, format: 2 }), "format 2"],
  ["without a process", JSON.stringify({ ...record, identity: undefined }), "no process identity"],
  [
    "with a pid that is no number",
    JSON.stringify({ ...record, identity: { ...dead, pid: "1" } }),
    "no process identity",
  ],
  ["of another session", JSON.stringify({ ...record, id: newId() }), "names another session"],
  ["with a time that is none", JSON.stringify({ ...record, createdAt: "soon" }), "no time"],
])("a record %s is unreadable and says why", (_, content, why) => {
  const path = directory();
  writeFileSync(join(path, "session.json"), content);
  expect(readRecord(path)).toEqual({ unreadable: expect.stringContaining(why) });
});

test("a link, a pipe and a directory are not taken for a record", () => {
  const path = directory();
  const file = join(path, "session.json");
  createRecord(path, record);
  renameSync(file, join(path, "real"));
  symlinkSync(join(path, "real"), file);
  expect(readRecord(path)).toEqual({ unreadable: "a symbolic link" });
  renameSync(file, join(path, "link"));
  expect(spawnSync("mkfifo", [file]).status).toBe(0);
  expect(readRecord(path)).toEqual({ unreadable: "not a regular file" });
  renameSync(file, join(path, "pipe"));
  mkdirSync(file);
  expect(readRecord(path)).toEqual({ unreadable: "not a regular file" });
});

test.runIf(process.getuid!() === 0)("a record of another user is not believed", () => {
  const path = directory();
  createRecord(path, record);
  chownSync(join(path, "session.json"), 12345, 12345);
  expect(readRecord(path)).toEqual({ unreadable: "belongs to user 12345" });
});

test("UUIDs sort by age", () => {
  const ids = [1, 1e6, 1e12, 1.7e12, 2e12].map((time) => newId(time));
  expect(ids.toSorted()).toEqual(ids);
  expect(ids.every(isId)).toBe(true);
  expect(new Set(Array.from({ length: 1000 }, () => newId(5))).size).toBe(1000);
});
