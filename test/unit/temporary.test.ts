import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFor } from "../../src/store/temporary.ts";

test("of what was left on the way to a file, only that of a process stays that may be writing it", () => {
  const directory = mkdtempSync(join(tmpdir(), "temporary-"));
  const other = spawn("sleep", ["60"]);
  onTestFinished(() => {
    other.kill();
    rmSync(directory, { recursive: true });
  });
  const left = join(directory, `.file.${other.pid}.tmp`);
  writeFileSync(left, "");
  temporaryFor(join(directory, "file"));
  expect(readdirSync(directory)).toHaveLength(1);
  // From before it began, as by a process of the boot before that had the same pid.
  const before = Date.now() / 1000 - 60;
  utimesSync(left, before, before);
  temporaryFor(join(directory, "file"));
  expect(readdirSync(directory)).toEqual([]);
});
