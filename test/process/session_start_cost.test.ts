import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { postponeCheck } from "../../src/sessions/background.ts";
import { layoutOf } from "../../src/sessions/paths.ts";
import { scratchForAll, script } from "../unit/scratch.ts";

// How long a start takes says little on a machine that does other things too; what it asks of the kernel is always the same.
const binary = resolve("dist/claude-ops");

const home = scratchForAll();
const calls = callsOfSecondStart();

/** System calls of a start beside an ended session, from the first one of ours on to the one that becomes Claude Code. */
function callsOfSecondStart(): string[] {
  const [launcher, trace] = [join(home, "claude-session"), join(home, "trace")];
  symlinkSync(binary, launcher);
  const layout = layoutOf({ HOME: home });
  mkdirSync(layout.ops, { recursive: true });
  postponeCheck(layout.nextCheck, 3_600_000);
  const env = {
    HOME: home,
    PATH: "/usr/bin:/bin",
    CLAUDE_OPS_CLAUDE: script(join(home, "standin"), "exit 0"),
  };
  const start = (...words: string[]) => {
    const { status, stderr } = spawnSync(words[0]!, words.slice(1), { env, cwd: home, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  };
  start(launcher);
  start("strace", "-o", trace, launcher);
  const all = readFileSync(trace, "utf8").split("\n");
  const first = all.findIndex((line) => line.includes("claude-ops/config.toml"));
  const last = all.findIndex((line) => line.startsWith("execve(") && line.includes("standin"));
  expect([first > 0, last > first]).toEqual([true, true]);
  return all.slice(first, last + 1);
}

const named = (pattern: RegExp) => calls.filter((line) => pattern.test(line));

test("a start asks the kernel for few things", () => {
  const files = named(
    /^(openat|readlink|statx|newfstatat|access|getdents64|read|mkdir|symlink|rename|unlink|write)\(/,
  )
    // One for each process of the machine.
    .filter((line) => !/"\/proc\/\d+\/exe"/.test(line))
    // A build of changed sources looks whether its plugin is the same; all others only whether it is there.
    .filter((line) => !/\/ops\/plugin\/[^"]*\//.test(line));
  expect(files.length).toBeLessThanOrEqual(125);
});

test("a start changes few directories: each change costs more than all that it reads", () => {
  expect(named(/^(mkdir|symlink|rename|unlink|link)\(/).length + named(/O_CREAT/).length).toBeLessThanOrEqual(
    16,
  );
});

test("a start runs nothing and waits for nobody", () => {
  expect(
    named(/^(clone|vfork|fork|wait4)\(|^clone3\((?!.*CLONE_THREAD)|^(connect|fsync|fdatasync|nanosleep)\(/),
  ).toEqual([]);
});
