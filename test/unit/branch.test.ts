import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { branchOf, placeOf } from "../../src/sessions/project.ts";
import { scratch } from "./scratch.ts";

const branchAt = (directory: string) => branchOf(placeOf(directory));

const env = { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", PATH: "/usr/bin:/bin" };
const git = (cwd: string, ...words: string[]) =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...words], {
    cwd,
    env,
    encoding: "utf8",
  });

test("the branch is that of the directory's own worktree, as git says, whatever its name", () => {
  const main = join(scratch(), "main");
  mkdirSync(join(main, "deep/er"), { recursive: true });
  git(main, "init", "-q", "-b", "feature/a.b-c");
  expect(branchAt(join(main, "deep/er"))).toBe("feature/a.b-c");
  git(main, "commit", "-q", "--allow-empty", "-m", "one");
  git(main, "worktree", "add", "-q", "-b", "other", join(main, "../other"));
  expect(branchAt(join(main, "../other"))).toBe("other");
  expect(branchAt(main)).toBe("feature/a.b-c");
  git(main, "checkout", "-q", "--detach");
  expect(git(main, "rev-parse", "HEAD")).toMatch(new RegExp(`^${branchAt(main)}`));
  expect(branchAt(scratch())).toBeUndefined();
});
