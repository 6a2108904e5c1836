import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { appendEvent, logLine } from "../../src/updates/update_log.ts";
import { scratch } from "./scratch.ts";

const noon = new Date("2026-05-01T12:00:00.123Z");
let dir = "";
beforeEach(() => void (dir = scratch()));

test("a line is the time, the event and its pairs; what is unknown is left out", () => {
  expect(logLine(noon, "staged", { version: "2.1.329", from: undefined, ms: 1200, ok: true }))
    .toBe("2026-05-01T12:00:00.123Z staged version=2.1.329 ms=1200 ok=true\n");
});

test("values that are no plain word are quoted as JSON quotes them", () => {
  expect(logLine(noon, "deferred", { reason: 'waits for "api"', who: "", path: "/opt/claude-code" }))
    .toBe('2026-05-01T12:00:00.123Z deferred reason="waits for \\"api\\"" who="" path=/opt/claude-code\n');
});

test("nothing in a value can end the line or move the reader's cursor", () => {
  const line = logLine(noon, "failed", { why: "a\nb\r\u001b[2J\u007f\u009b\u2028\u202e\0" });
  expect(line).toBe(
    '2026-05-01T12:00:00.123Z failed why="a\\nb\\r\\u001b[2J\\u007f\\u009b\\u2028\\u202e\\u0000"\n',
  );
});

test("a line stays below 4096 bytes whatever it is given", () => {
  const long = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`key${n}`, "💥\n".repeat(5000)]));
  const line = logLine(noon, "failed", { ...long, last: "here" });
  expect(Buffer.byteLength(line)).toBeLessThan(4096);
  expect(line).toContain("…");
  expect(line).toMatch(/ last=here\n$/);
});

test("a key or event that would break the format is a mistake in the program", () => {
  expect(() => logLine(noon, "two words", {})).toThrow(TypeError);
  expect(() => logLine(noon, "staged", { "a=b": 1 })).toThrow(TypeError);
});

test("events are appended, and a link in the log's place is not followed", () => {
  const log = join(dir, "update.log");
  writeFileSync(log, "before\n");
  appendEvent(log, "checked", {}, noon);
  expect(readFileSync(log, "utf8")).toBe("before\n2026-05-01T12:00:00.123Z checked\n");
  symlinkSync(log, join(dir, "link"));
  expect(() => appendEvent(join(dir, "link"), "checked")).toThrow(/ELOOP/);
});
