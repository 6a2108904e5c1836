import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { targetOf } from "../../src/guard/target.ts";
import { scratch } from "./scratch.ts";

test("the file that would be written is found, however it is named and whether or not it is there", () => {
  const home = scratch();
  mkdirSync(join(home, "work/deep"), { recursive: true });
  writeFileSync(join(home, "work/file"), "");
  symlinkSync("work", join(home, "link"));
  symlinkSync("./not-yet", join(home, "work/dangling"));
  symlinkSync(join(home, "gone/away"), join(home, "nowhere"));
  symlinkSync("circle", join(home, "circle"));
  const cases: [string, string][] = [
    ["file", "work/file"],
    [join(home, "work/./deep/../file"), "work/file"],
    [join(home, "link/file"), "work/file"],
    [join(home, "link/new/very.ts"), "work/new/very.ts"],
    [join(home, "link/dangling"), "work/not-yet"],
    [join(home, "nowhere/file"), "gone/away/file"],
    ["~/link/file", "work/file"],
    ["deep/../../link/deep/x", "work/deep/x"],
    [join(home, "circle"), "circle"],
    [join(home, "work/file/below"), "work/file/below"],
  ];
  for (const [named, real] of cases) {
    expect(targetOf(named, join(home, "work"), home), named).toBe(join(home, real));
  }
});
