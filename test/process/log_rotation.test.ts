import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { selfCommand } from "../../src/runtime/self.ts";
import { followLog } from "../../src/updates/follow_log.ts";
import { parseLine } from "../../src/updates/log_event.ts";
import { readLog } from "../../src/updates/read_log.ts";
import { appendEvent } from "../../src/updates/update_log.ts";
import { scratch } from "../unit/scratch.ts";
import { ended, until } from "../unit/session_host.ts";

const worker = fileURLToPath(new URL("./log_writer.ts", import.meta.url));
const ids = (lines: string[]) => lines.map((line) => parseLine(line).id!);
const log = () => join(scratch(), "update.log");
const limits = { size: 4096, age: 86_400_000, keep: 3 };

function write(...words: string[]): ChildProcess {
  const [program, ...args] = selfCommand().slice(0, -1);
  const child = spawn(program!, [...args, worker, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) process.kill(child.pid!, "SIGKILL");
  });
  return child;
}

test(
  "sixteen processes write while the log is put aside again and again: each line is there once",
  async () => {
    const file = log();
    const follower = new AbortController();
    const followed: string[] = [];
    const following = (async () => {
      for await (const lines of followLog(file, follower.signal)) followed.push(...lines);
    })();
    const all = await Promise.all(
      Array.from({ length: 16 }, (_, n) => ended(write(file, `w${n}`, "60", "1000"))),
    );
    expect(all.map(({ status, stderr }) => stderr + status)).toEqual(all.map(() => "0"));
    const expected = all.flatMap(({ stdout }) => stdout.trim().split("\n")).sort();
    expect(expected).toHaveLength(960);
    expect(ids(readLog(file).lines).sort()).toEqual(expected);
    expect(readdirSync(join(file, "..")).filter((name) => /^update\.log\.\d+\.gz$/.test(name)).length)
      .toBeGreaterThan(8);
    expect(readdirSync(join(file, "..")).filter((name) => /^update\.log\.\d+$/.test(name))).toEqual([]);
    await until(() => followed.length >= 960, "the follower has all");
    follower.abort();
    await following;
    expect(ids(followed).sort()).toEqual(expected);
  },
  60_000,
);

test("killed at any moment, a writer loses and doubles nothing that it said it had written", async () => {
  const file = log();
  const told: string[] = [];
  for (let round = 0; round < 12; round++) {
    const child = write(file, `r${round}`, "100000", "1000");
    child.stdout!.on("data", (data) => told.push(...String(data).trim().split("\n")));
    const closed = new Promise((resolve) => child.once("close", resolve));
    const before = told.length;
    await until(() => told.length > before, "a line");
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
    process.kill(child.pid!, "SIGKILL");
    await closed;
  }
  const written = ids(readLog(file).lines);
  expect(new Set(written).size).toBe(written.length);
  const missing = new Set(told);
  for (const id of written) missing.delete(id);
  expect([...missing]).toEqual([]);
  // At most the line that each was just writing is there without being told of.
  expect(written.length - told.length).toBeLessThanOrEqual(12);
}, 60_000);

test("each state that a killed rotation leaves is read whole, and tidied by the next", () => {
  const line = (id: string) => `2026-05-01T12:00:00.000Z written id=${id}\n`;
  const states: Record<string, string>[] = [
    { "update.log": line("c"), "update.log.1.gz": line("b"), "update.log.3.gz": line("a") }, // moving up
    { "update.log.1": line("b"), "update.log.2.gz": line("a") }, // put aside, not compressed
    {
      "update.log": line("c"),
      "update.log.1": line("b"),
      "update.log.1.gz": line("b"),
      "update.log.2": line("a"),
    },
  ];
  for (const state of states) {
    const file = log();
    for (const [name, text] of Object.entries(state)) {
      writeFileSync(join(file, "..", name), name.endsWith(".gz") ? gzipSync(text) : text);
    }
    const there = ids(readLog(file).lines);
    expect(there).toEqual(["a", "b", "c"].slice(0, there.length));
    appendEvent(file, "written", { id: "d" }, new Date("2026-07-01T12:00:00Z"), { ...limits, keep: 9 });
    appendEvent(file, "written", { id: "e" }, new Date("2026-09-01T12:00:00Z"), { ...limits, keep: 9 });
    expect(ids(readLog(file).lines)).toEqual([...there, "d", "e"]);
    const names = readdirSync(join(file, "..")).filter((name) => name !== "ops").sort();
    expect(names.slice(1).every((name) => name.endsWith(".gz"))).toBe(true);
  }
});

test("by size, by age, and no more of them than are kept", () => {
  const file = log();
  for (let n = 0; n < 400; n++) {
    appendEvent(file, "written", { id: String(n) }, new Date("2026-05-01T12:00:00Z"), limits);
  }
  const kept = ["update.log", "update.log.1.gz", "update.log.2.gz", "update.log.3.gz"];
  expect(readdirSync(join(file, "..")).filter((name) => name !== "ops").sort()).toEqual(kept);
  expect(gunzipSync(readFileSync(`${file}.1.gz`)).length).toBeLessThanOrEqual(4096);
  const last = ids(readLog(file).lines);
  expect(last).toEqual(Array.from({ length: last.length }, (_, n) => String(400 - last.length + n)));
  appendEvent(file, "written", { id: "next day" }, new Date("2026-05-02T13:00:00Z"), limits);
  expect(readFileSync(file, "utf8").split("\n")).toHaveLength(2);
});

test("half a line that a full disk left spoils no other, and a damaged part not the rest", () => {
  const file = log();
  writeFileSync(file, "2026-05-01T12:0");
  appendEvent(file, "written", { id: "x" }, new Date("2026-05-01T12:00:01Z"));
  writeFileSync(`${file}.1.gz`, "no gzip");
  mkdirSync(`${file}.2`);
  const events = readLog(file).lines.map(parseLine);
  expect(events.map(({ event }) => event)).toEqual(["damaged", "damaged", "written"]);
  expect(events[0]!.text).toContain("cannot be unpacked");
});

test("from a bookmark on, also where the file has moved on or gone since", () => {
  const file = log();
  const add = (id: string, time = "2026-05-01T12:00:00Z") =>
    appendEvent(file, "written", { id }, new Date(time), limits);
  add("a");
  const { bookmark } = readLog(file);
  expect(readLog(file, bookmark).lines).toEqual([]);
  add("b");
  expect(ids(readLog(file, bookmark).lines)).toEqual(["b"]);
  add("c", "2026-05-03T12:00:00Z");
  add("d", "2026-05-05T12:00:00Z");
  expect(ids(readLog(file, bookmark).lines)).toEqual(["b", "c", "d"]);
  renameSync(`${file}.2.gz`, `${file}.away`);
  expect(ids(readLog(file, bookmark).lines)).toEqual(["c", "d"]);
});

test("what is written is read back, whatever is in it", () => {
  const file = log();
  const fields = { reason: 'says "no"\nand = more \\', version: "2.1.329", empty: "" };
  appendEvent(file, "failed", fields, new Date("2026-05-01T12:00:00Z"));
  expect(readLog(file).lines.map(parseLine)).toEqual([
    { ...fields, time: "2026-05-01T12:00:00.000Z", event: "failed" },
  ]);
});
