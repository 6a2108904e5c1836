import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readRecord } from "../../src/sessions/record.ts";
import { makeWorktree, worktreesOf } from "../../src/sessions/worktree.ts";
import { git, repository } from "./repository.ts";
import { scratch, script } from "../unit/scratch.ts";
import { ended, SessionHost } from "../unit/session_host.ts";

const branches = (path: string) =>
  git(path, "for-each-ref", "--format=%(refname:short)", "refs/heads").split("\n");
const worktrees = (path: string) =>
  git(path, "worktree", "list", "--porcelain").split("\n").filter((line) => line.startsWith("worktree "));
const shopIn = (root: string) => repository(join(root, "shop"));

test("a start with --worktree works on a new branch beside the repository, and again in the same one", async () => {
  const host = new SessionHost("pwd; git symbolic-ref --short HEAD");
  const shop = shopIn(host.home);
  writeFileSync(join(shop, "file"), "not committed\n");
  const tree = join(host.home, "shop.worktrees/feature+login");
  const words = ["--project", shop, "--worktree", "feature/login"];
  const start = await host.run("session", "start", "one", ...words);
  expect(start).toMatchObject({ status: 0, stderr: "", stdout: `${tree}\nfeature/login\n` });
  expect(readRecord(host.directory())).toMatchObject({ cwd: tree, project: shop });
  expect(git(tree, "status", "--porcelain")).toBe("");
  expect(git(shop, "status", "--porcelain")).toBe(" M file");
  // From inside of another worktree the place is the same.
  const again = await host.run("session", "start", "--project", tree, "--worktree", "feature/login");
  expect(again).toMatchObject({ status: 0, stdout: `${tree}\nfeature/login\n` });
  expect(worktrees(shop)).toHaveLength(2);
});

test("a branch that is there is checked out; one that a remote has is followed", () => {
  const root = scratch();
  const shop = shopIn(root);
  git(shop, "branch", "old");
  git(root, "clone", "-q", shop, "clone");
  const clone = join(root, "clone");
  expect(makeWorktree(clone, "old")).toMatchObject({ path: join(root, "clone.worktrees/old"), made: true });
  expect(git(clone, "config", "branch.old.merge")).toBe("refs/heads/old");
  git(clone, "branch", "local");
  expect(makeWorktree(clone, "local").branch).toBe("local");
  git(shop, "branch", "twice");
  git(clone, "remote", "add", "second", shop);
  git(clone, "fetch", "-q", "--all");
  expect(() => makeWorktree(clone, "twice")).toThrow("2 remotes have a branch twice");
});

test("a submodule, a bare repository, one in .bare and one elsewhere get theirs where nobody trips over them", () => {
  const root = scratch();
  const outer = shopIn(root);
  git(outer, "submodule", "add", "-q", repository(join(root, "library")), "libs/one");
  expect(makeWorktree(join(outer, "libs/one"), "x").path).toBe(join(root, "shop.worktrees/libs/one/x"));
  expect(git(outer, "status", "--porcelain", "--ignore-submodules")).not.toContain("worktrees");
  git(root, "clone", "-q", "--bare", join(root, "library"), "store.git");
  expect(makeWorktree(join(root, "store.git"), "x").path).toBe(join(root, "store.worktrees/x"));
  mkdirSync(join(root, "hidden"));
  git(root, "clone", "-q", "--bare", join(root, "library"), "hidden/.bare");
  writeFileSync(join(root, "hidden/.git"), "gitdir: ./.bare\n");
  expect(makeWorktree(join(root, "hidden"), "x").path).toBe(join(root, "hidden/x"));
  expect(makeWorktree(join(root, "hidden/x"), "y").path).toBe(join(root, "hidden/y"));
  expect(worktreesOf("/p/shop")).toBe("/p/shop.worktrees");
});

test("what cannot be done is said, and leaves no branch, no directory and no session", async () => {
  const host = new SessionHost("echo never");
  const shop = shopIn(host.home);
  git(shop, "branch", "busy");
  git(shop, "worktree", "add", "-q", join(host.home, "busy"), "busy");
  git(shop, "branch", "lost");
  git(shop, "worktree", "add", "-q", join(host.home, "lost"), "lost");
  rmSync(join(host.home, "lost"), { recursive: true });
  git(shop, "tag", "v1");
  mkdirSync(join(host.home, "shop.worktrees/full"), { recursive: true });
  writeFileSync(join(host.home, "shop.worktrees/full/file"), "mine");
  mkdirSync(join(host.home, "empty"));
  git(join(host.home, "empty"), "init", "-q");
  const before = [branches(shop), worktrees(shop)];
  const cases: [string, string[], number, string, string][] = [
    ["busy", [], 1, `checked out in ${host.home}/busy already`, `claude-session --project ${host.home}/busy`],
    ["main", [], 1, `checked out in ${shop} already`, `claude-session --project ${shop}`],
    ["lost", [], 1, "already", "worktree prune"],
    ["v1", [], 1, "is a tag", "another name"],
    ["full", [], 1, "is there already", "another name"],
    ["a b", [], 2, "not a name for a branch", "use letters"],
    ["-x", [], 2, "--worktree", ""],
    ["@{-1}", [], 2, "not a name for a branch", "use letters"],
    ["../up", [], 2, "not a name for a branch", "use letters"],
    ["x", ["--project", host.work], 1, "in no git repository", "without --worktree"],
    ["x", ["--project", join(host.home, "empty")], 1, "no commit yet", "commit first"],
    ["x", ["--resume", "y"], 2, "stays in its own worktree", ""],
  ];
  for (const [name, words, status, message, hint] of cases) {
    const place = words.includes("--project") ? [] : ["--project", shop];
    const got = await host.run("session", "start", "--worktree", name, ...place, ...words);
    expect(got, name).toMatchObject({ status, stdout: "", stderr: expect.stringContaining(message) });
    expect(got.stderr, name).toContain(hint);
  }
  expect([branches(shop), worktrees(shop)]).toEqual(before);
  expect(readdirSync(join(host.home, "shop.worktrees"))).toEqual(["full"]);
  expect(existsSync(join(host.home, "work.worktrees"))).toBe(false);
  expect(host.ids).toEqual([]);
});

test("a start that fails after its worktree was made takes it back, and never one that was there", async () => {
  const host = new SessionHost("");
  const shop = shopIn(host.home);
  writeFileSync(host.env.CLAUDE_OPS_CLAUDE!, "\x7fELF garbage");
  const failing = await host.run("session", "start", "--project", shop, "--worktree", "x");
  expect(failing).toMatchObject({ status: 1, stderr: expect.stringContaining("cannot run") });
  expect([branches(shop), worktrees(shop)]).toMatchObject([["main"], { length: 1 }]);
  expect(existsSync(join(host.home, "shop.worktrees"))).toBe(false);
  makeWorktree(shop, "x");
  await host.run("session", "start", "--project", shop, "--worktree", "x");
  expect(worktrees(shop)).toHaveLength(2);
});

test("a checkout that fails half-way leaves neither branch nor directory", () => {
  const shop = shopIn(scratch());
  writeFileSync(join(shop, ".gitattributes"), "file filter=broken\n");
  git(shop, "add", ".gitattributes");
  git(shop, "commit", "-qm", "two");
  git(shop, "config", "filter.broken.smudge", "false");
  git(shop, "config", "filter.broken.required", "true");
  expect(() => makeWorktree(shop, "x")).toThrow("cannot make a worktree for x");
  expect([branches(shop), worktrees(shop)]).toMatchObject([["main"], { length: 1 }]);
  expect(existsSync(`${shop}.worktrees`)).toBe(false);
});

test("a place where no directory can be made is said so", () => {
  const shop = shopIn(scratch());
  writeFileSync(`${shop}.worktrees`, "a file");
  expect(() => makeWorktree(shop, "x")).toThrow(/cannot make a worktree at .*: (EEXIST|ENOTDIR)/);
  expect(branches(shop)).toEqual(["main"]);
});

test("of many who make the same worktree at once, one makes it, and nobody breaks it", async () => {
  const host = new SessionHost("pwd");
  const shop = shopIn(host.home);
  const all = await Promise.all(
    Array.from({ length: 6 }, () => host.run("session", "start", "--project", shop, "--worktree", "x")),
  );
  const tree = join(host.home, "shop.worktrees/x");
  const worked = all.filter(({ status }) => status === 0);
  expect(worked.length).toBeGreaterThan(0);
  for (const { stdout } of worked) expect(stdout).toBe(`${tree}\n`);
  for (const { stderr } of all.filter(({ status }) => status !== 0)) {
    expect(stderr).toMatch(/is there already|being made by somebody else|already exists/);
  }
  expect(git(tree, "status", "--porcelain", "--branch")).toBe("## x");
  expect([branches(shop), worktrees(shop)]).toMatchObject([["main", "x"], { length: 2 }]);
});

test("another worktree than the busy one is only a notice, and a silent one without a terminal", async () => {
  const host = new SessionHost("echo ready; exec sleep 100");
  const shop = shopIn(host.home);
  const first = host.spawn("session", "start", "one", "--project", shop);
  await new Promise((resolve) => first.stdout!.once("data", resolve));
  script(host.env.CLAUDE_OPS_CLAUDE!, "pwd");
  const second = await host.run("session", "start", "--project", shop, "--worktree", "x");
  expect(second).toMatchObject({ status: 0, stderr: "", stdout: `${shop}.worktrees/x\n` });
  void ended(first);
});
