import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { outlineOf } from "../../src/shared/outline.ts";
import { scan } from "../../src/shared/scan.ts";
import { packContents, packList } from "../../src/shared/wire.ts";
import { scratch } from "../unit/scratch.ts";

const BINARY = fileURLToPath(new URL("../../dist/claude-ops", import.meta.url));

test("what is shared is on the disk before any of it is put in place, and stays in place after a power cut", async () => {
  const home = scratch();
  for (const path of ["mine/skills/one", "mine/agents", "home/.claude/skills/one", "home/.claude/ops"]) {
    mkdirSync(join(home, path), { recursive: true });
  }
  writeFileSync(join(home, "home/.claude/skills/one/SKILL.md"), "old");
  for (const path of ["skills/one/SKILL.md", "skills/one/more.md", "agents/two.md"]) {
    writeFileSync(join(home, "mine", path), "new");
  }
  const what = scan(join(home, "mine"));
  const files = what.manifest.entries.filter((entry) => entry.type === "file");
  const input = [packList(outlineOf(what.manifest).outline), packList(what.manifest.entries)];
  for await (const chunk of packContents(what, files)) input.push(chunk);

  const trace = join(home, "trace");
  const calls =
    "trace=openat,write,pwrite64,link,linkat,mkdir,mkdirat,syncfs,fsync,rename,renameat,renameat2";
  const words = ["-f", "-qq", "-y", "-o", trace, "-e", calls, BINARY, "receive-shared", "guarded", "--json"];
  const env = { HOME: join(home, "home"), PATH: "/usr/bin:/bin" };
  const done = spawnSync("strace", words, { input: Buffer.concat(input), encoding: "utf8", env });
  expect(done.stdout, done.stderr).toMatch(/"changes":\[.*skills\/one.*agents\/two\.md/);

  const lines = readFileSync(trace, "utf8").split("\n");
  const where = (sign: RegExp) => lines.flatMap((line, at) => sign.test(line) ? at : []);
  const made = where(/(openat\(.*O_CREAT|write\(|mkdir\().*\.shared-incoming/);
  // By open directories, so by no name of theirs.
  const placed = where(/rename\w*\(.*"\/proc\/self\/fd\/\d+\/\d+"/);
  const synced = where(/syncfs\(.*= 0/);
  const kept = where(/fsync\(\d+<.*\.claude\/(skills|agents)>\) += 0/);
  expect([placed.length, synced.length, kept.length]).toEqual([2, 1, 2]);
  expect(made.length).toBeGreaterThanOrEqual(4);
  expect(Math.max(...made)).toBeLessThan(synced[0]!);
  expect(synced[0]).toBeLessThan(placed[0]!);
  expect(placed[1]).toBeLessThan(kept[0]!);
});
