import { execFileSync } from "node:child_process";
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { covering } from "../../src/claude/trust.ts";
import { newId } from "../../src/sessions/id.ts";
import { checkName, defaultName } from "../../src/sessions/name.ts";
import { projectOf } from "../../src/sessions/project.ts";
import { scratch } from "./scratch.ts";

const none = { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", PATH: "/usr/bin:/bin" };
const git = (cwd: string, ...words: string[]) =>
  execFileSync("git", [
    "-c",
    "user.name=t",
    "-c",
    "user.email=t@t",
    "-c",
    "protocol.file.allow=always",
    ...words,
  ], {
    cwd,
    env: none,
    stdio: "pipe",
  });

function repository(path: string): string {
  mkdirSync(path, { recursive: true });
  git(path, "init", "-q");
  git(path, "commit", "-q", "--allow-empty", "-m", "one");
  return path;
}

test.each(["", " ", "a/b", "..", "-x", "a\nb", "a\u001b[31m", "a\u202eb", "x".repeat(65), " a", newId()])(
  "%j is no name",
  (name) => expect(() => checkName(name)).toThrow("not a session name"),
);

test.each(["login", "issue 12", "ünïcode", "x".repeat(64), "a.b_c-d"])("%j is a name", (name) => {
  checkName(name);
});

test("a made-up name is a name, tells the project, and is not taken", () => {
  for (const project of ["/home/u/shop", "/", "/x/-we ird\u0007\n", `/${"long".repeat(50)}`, "/x/bare.git"]) {
    const name = defaultName(project, () => false);
    expect(() => checkName(name)).not.toThrow();
  }
  expect(defaultName("/home/u/shop", () => false)).toMatch(/^shop-[0-9a-f]{4}$/);
  const asked: string[] = [];
  const name = defaultName("/p", (name) => asked.push(name) < 3);
  expect(asked).toHaveLength(3);
  expect(name).toBe(asked[2]);
});

test("all worktrees of a repository, and their directories, are one project", () => {
  const root = scratch();
  const main = repository(join(root, "main"));
  git(main, "worktree", "add", "-q", join(root, "other"), "-b", "other");
  for (const path of [main, join(main, "a/b"), join(root, "other"), join(root, "other/c")]) {
    mkdirSync(path, { recursive: true });
    expect(projectOf(path)).toBe(main);
  }
});

test("a submodule is a project of its own, and so is each bare repository", () => {
  const root = scratch();
  const main = repository(join(root, "main"));
  git(main, "submodule", "add", "-q", repository(join(root, "library")), "library");
  expect(projectOf(join(main, "library"))).toBe(join(main, ".git/modules/library"));
  git(root, "init", "-q", "--bare", "bare.git");
  git(join(root, "main"), "push", "-q", join(root, "bare.git"), "HEAD:main");
  git(join(root, "bare.git"), "worktree", "add", "-q", join(root, "tree"), "main");
  expect(projectOf(join(root, "bare.git"))).toBe(join(root, "bare.git"));
  expect(projectOf(join(root, "tree"))).toBe(join(root, "bare.git"));
});

test("a separate git directory, and one that is reached through a link, are found", () => {
  const root = scratch();
  git(root, "init", "-q", "--separate-git-dir", join(root, "store"), join(root, "tree"));
  expect(projectOf(join(root, "tree"))).toBe(join(root, "store"));
  const main = repository(join(root, "main"));
  symlinkSync(main, join(root, "link"));
  expect(projectOf(realpathSync(join(root, "link")))).toBe(main);
});

test("outside git, and with a .git that is none, a directory is its own project", () => {
  const root = scratch();
  for (
    const [name, content] of [["empty", ""], ["lost", "gitdir: ../nowhere\n"], ["noise", "\0".repeat(100)]]
  ) {
    mkdirSync(join(root, name!));
    writeFileSync(join(root, name!, ".git"), content!);
    expect(projectOf(join(root, name!))).toBe(join(root, name!));
  }
  mkdirSync(join(root, "hollow/.git"), { recursive: true });
  expect(projectOf(join(root, "hollow"))).toBe(join(root, "hollow"));
  expect(projectOf("/")).toBe("/");
});

test("trust covers children and worktrees, never a neighbour or a parent", () => {
  const cases: [string, string, string, boolean][] = [
    ["/p", "/p", "/p", true],
    ["/p", "/p/sub", "/p", true],
    ["/p", "/tree", "/p", true],
    ["/", "/anything", "/anything", true],
    ["/p/sub", "/p", "/p", false],
    ["/p", "/pp", "/pp", false],
    ["p", "/p", "/p", false],
  ];
  for (const [accepted, directory, project, covered] of cases) {
    expect(covering([accepted], directory, project)).toEqual(covered ? [accepted] : []);
  }
});
