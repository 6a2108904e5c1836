import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { calledAs } from "../../src/runtime/called_as.ts";
import { scratch } from "./scratch.ts";

test("we are named as a shell finds us: by our name in PATH, else by the path that was typed", () => {
  const dir = scratch();
  for (const name of ["dist", "bin", "other", "other/claude-ops"]) mkdirSync(join(dir, name));
  const program = join(dir, "dist/claude-ops");
  writeFileSync(program, "");
  expect(calledAs("claude-ops", "/nowhere")).toBe("claude-ops");
  expect(calledAs(program, `${dir}/bin:${dir}/other`)).toBe(program);
  expect(calledAs(program, `${dir}/dist`)).toBe("claude-ops");
  symlinkSync(program, join(dir, "bin/claude-ops"));
  expect(calledAs(program, `${dir}/other:${dir}/bin`)).toBe("claude-ops");
  writeFileSync(join(dir, "other/claude-session"), "");
  expect(calledAs(join(dir, "other/claude-session"), `${dir}/bin`), "another one is found").toBe(
    join(dir, "other/claude-session"),
  );
});
