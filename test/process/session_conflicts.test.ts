import { execFileSync } from "node:child_process";
import { mkdirSync, realpathSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { recentEdits } from "../../src/claude/edits.ts";
import { conflictsIn, type Level } from "../../src/sessions/conflicts.ts";
import type { Other } from "../../src/sessions/others.ts";
import { branchOf, placeOf, sameDirectory } from "../../src/sessions/project.ts";
import { git, repository } from "./repository.ts";
import { scratch } from "../unit/scratch.ts";
import { ended, SessionHost } from "../unit/session_host.ts";

const staying = "echo ready; exec sleep 100";

/** Somebody who works in a directory, and edited these files a minute ago. */
function somebody(cwd: string, edits: string[] = []): Other {
  const place = placeOf(cwd);
  return {
    kind: "session",
    name: "other",
    pid: 1,
    elsewhere: false,
    cwd,
    place,
    branch: branchOf(place),
    edits: (since) =>
      edits.map((path) => ({ path, time: Date.now() - 60_000 })).filter(({ time }) => time >= since),
  };
}

/** A repository that was left alone for an hour. */
function quiet(path: string): string {
  repository(path);
  const hour = Date.now() / 1000 - 3600;
  utimesSync(join(path, "file"), hour, hour);
  return path;
}

const level = (mine: string, other: Other): Level => conflictsIn(mine, [other]).level;

test("other projects are safe, other worktrees aware, the same worktree is risky", () => {
  const root = scratch();
  const [shop, bank] = [quiet(join(root, "shop")), quiet(join(root, "bank"))];
  git(shop, "worktree", "add", "-q", join(root, "tree"), "-b", "tree");
  mkdirSync(join(shop, "src"));
  expect(level(shop, somebody(bank))).toBe("safe");
  expect(level(shop, somebody(join(root, "tree")))).toBe("aware");
  expect(level(join(shop, "src"), somebody(shop))).toBe("risky");
  expect(conflictsIn(shop, [])).toMatchObject({ level: "safe", with: [], branch: "main" });
});

test("a repository inside another, and a submodule, are safe beside it; a bare one's worktrees are aware", () => {
  const root = scratch();
  const outer = quiet(join(root, "outer"));
  const inner = quiet(join(outer, "inner"));
  expect(level(inner, somebody(outer))).toBe("safe");
  git(outer, "submodule", "add", "-q", quiet(join(root, "library")), "library");
  expect(level(join(outer, "library"), somebody(outer))).toBe("safe");
  git(root, "clone", "-q", "--bare", outer, "bare.git");
  for (const name of ["a", "b"]) {
    git(join(root, "bare.git"), "worktree", "add", "-q", join(root, name), "-b", name);
  }
  expect(level(join(root, "a"), somebody(join(root, "b")))).toBe("aware");
  expect(level(join(root, "a"), somebody(join(root, "bare.git")))).toBe("aware");
});

test("without git, one directory inside the other is aware, the same one risky, neighbours are safe", () => {
  const root = scratch();
  for (const name of ["notes/year", "music"]) mkdirSync(join(root, name), { recursive: true });
  const notes = join(root, "notes");
  expect(level(notes, somebody(join(notes, "year")))).toBe("aware");
  expect(level(join(notes, "year"), somebody(notes))).toBe("aware");
  expect(level(notes, somebody(notes))).toBe("risky");
  expect(level(notes, somebody(join(root, "music")))).toBe("safe");
  expect(level(quiet(join(notes, "shop")), somebody(notes))).toBe("safe");
});

test("what a session is known to edit here is dangerous, wherever it stands", () => {
  const root = scratch();
  const [shop, bank] = [quiet(join(root, "shop")), quiet(join(root, "bank"))];
  const file = join(shop, "file");
  for (const stands of [shop, bank]) {
    expect(conflictsIn(shop, [somebody(stands, [file])])).toMatchObject({
      level: "dangerous",
      with: [{ edits: [file] }],
    });
  }
  symlinkSync(shop, join(root, "link"));
  expect(level(shop, somebody(bank, [join(root, "link/file")]))).toBe("dangerous");
  expect(level(shop, somebody(bank, [join(bank, "file")]))).toBe("safe");
  expect(conflictsIn(shop, [somebody(bank, [file])], Date.now() + 3_600_000).level).toBe("safe");
});

test("files of a worktree or a repository inside of this one are not this one's", () => {
  const shop = quiet(join(scratch(), "shop"));
  const tree = join(shop, ".claude/worktrees/tree");
  git(shop, "worktree", "add", "-q", tree, "-b", "tree");
  const inner = quiet(join(shop, "inner"));
  expect(level(shop, somebody(tree, [join(tree, "file")]))).toBe("aware");
  expect(level(shop, somebody(inner, [join(inner, "file")]))).toBe("safe");
  expect(level(tree, somebody(shop, [join(tree, "file")]))).toBe("dangerous");
});

test("uncommitted files that were just written make the same worktree dangerous, and no other one", () => {
  const root = scratch();
  const shop = quiet(join(root, "shop"));
  git(shop, "worktree", "add", "-q", join(root, "tree"), "-b", "tree");
  expect(level(shop, somebody(shop))).toBe("risky");
  writeFileSync(join(shop, "file"), "two\n");
  writeFileSync(join(shop, "we ird\n"), "");
  const found = conflictsIn(shop, [somebody(shop)]);
  expect(found).toMatchObject({ level: "dangerous", with: [{ edits: [] }] });
  expect(found.changes.toSorted()).toEqual([join(shop, "file"), join(shop, "we ird\n")]);
  expect(level(shop, somebody(join(root, "tree")))).toBe("aware");
  const hour = Date.now() / 1000 - 3600;
  for (const name of ["file", "we ird\n"]) utimesSync(join(shop, name), hour, hour);
  expect(level(shop, somebody(shop))).toBe("risky");
});

test("a damaged repository, and one that git refuses, stay risky instead of failing", () => {
  const shop = quiet(join(scratch(), "shop"));
  writeFileSync(join(shop, ".git/index"), "garbage");
  expect(level(shop, somebody(shop))).toBe("risky");
});

const check = async (host: SessionHost, ...words: string[]) => {
  const { status, stdout, stderr } = await host.run("session", "check", "--json", ...words);
  return { status, stderr, ...JSON.parse(stdout) };
};

test("check says 0 for safe and aware, 3 for risky, by what lives and not by what ended", async () => {
  const host = new SessionHost(staying);
  const shop = quiet(join(host.home, "shop"));
  git(shop, "worktree", "add", "-q", join(host.home, "tree"), "-b", "tree");
  expect(await check(host, shop)).toMatchObject({ status: 0, level: "safe", project: shop, branch: "main" });
  const child = host.spawn("session", "start", "one", "--project", shop);
  const end = ended(child);
  await new Promise((resolve) => child.stdout!.once("data", resolve));
  symlinkSync(shop, join(host.home, "link"));
  for (const path of [shop, "../shop", join(host.home, "link"), "shop"]) {
    const found = await check(host, path);
    expect(found).toMatchObject({ status: 3, level: "risky", advice: expect.stringContaining("--worktree") });
    expect(found.others[0]).toMatchObject({ name: "one", pid: child.pid, level: "risky", worktree: shop });
  }
  expect(await check(host, join(host.home, "tree"))).toMatchObject({
    status: 0,
    level: "aware",
    advice: null,
  });
  expect(await check(host)).toMatchObject({ status: 0, level: "safe" });
  const text = await host.run("session", "check", shop);
  expect(text.stdout).toContain(`risky  ${shop}: 1 besides`);
  expect(text.stdout).toContain(`one works in this worktree too (pid ${child.pid}`);
  child.kill("SIGKILL");
  await end;
  expect(await check(host, shop)).toMatchObject({ status: 0, level: "safe" });
  expect(await host.run("session", "check", "gone/away")).toMatchObject({ status: 1 });
  expect(await check(host, "nobody-works-on-this")).toMatchObject({ status: 0, level: "safe" });
});

test("GIT_DIR of a hook or an alias does not change which project a start is in", async () => {
  const host = new SessionHost(staying);
  const shop = quiet(join(host.home, "shop"));
  const bank = quiet(join(host.home, "bank"));
  Object.assign(host.env, {
    GIT_DIR: join(bank, ".git"),
    GIT_WORK_TREE: bank,
    GIT_INDEX_FILE: join(bank, ".git/index"),
  });
  writeFileSync(join(bank, "file"), "two\n");
  const child = host.spawn("session", "start", "one", "--project", shop);
  await new Promise((resolve) => child.stdout!.once("data", resolve));
  expect(await check(host, shop)).toMatchObject({ level: "risky", project: shop, changes: [] });
  expect(await check(host, bank)).toMatchObject({ level: "safe", project: bank });
});

test("a start in a worktree that is taken warns where nobody can be asked, and goes on", async () => {
  const host = new SessionHost(staying);
  const shop = quiet(join(host.home, "shop"));
  const first = host.spawn("session", "start", "one", "--project", shop);
  await new Promise((resolve) => first.stdout!.once("data", resolve));
  const start = async (...words: string[]) => {
    const child = host.spawn("session", "start", ...words);
    const end = ended(child);
    await new Promise((resolve) => (child.stdout!.once("data", resolve), child.once("exit", resolve)));
    if (child.exitCode === null) process.kill(child.pid!, "SIGKILL");
    return await end;
  };
  const warned = await start("two", "--project", shop);
  expect(warned).toMatchObject({ signal: "SIGKILL", stdout: "ready\n" });
  expect(warned.stderr).toContain(`risky: one works in this worktree too (pid ${first.pid}`);
  expect(warned.stderr).toContain(`hint: take a worktree of your own: claude-session --worktree NAME`);
  expect(await start("three")).toMatchObject({ stdout: "ready\n", stderr: "" });

  const configure = (mode: string) => {
    mkdirSync(join(host.home, ".config/claude-ops"), { recursive: true });
    writeFileSync(join(host.home, ".config/claude-ops/config.toml"), `[sessions]\nconflicts = "${mode}"\n`);
  };
  configure("off");
  expect(await start("four", "--project", shop)).toMatchObject({ stdout: "ready\n", stderr: "" });
  configure("refuse");
  const before = host.ids.length;
  const refused = await start("five", "--project", shop);
  expect(refused).toMatchObject({ status: 3, stdout: "", stderr: expect.stringContaining("risky: one") });
  const resumed = await start("--resume", "two");
  expect(resumed).toMatchObject({ status: 3, stderr: expect.stringContaining("risky: one") });
  expect(host.ids).toHaveLength(before);
  configure("nonsense");
  expect(await start("six", "--project", shop)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('"sessions.conflicts" must be one of'),
  });
  expect(host.ids).toHaveLength(before);
});

test("of many that start at once in one worktree, all but one learn of another", async () => {
  const host = new SessionHost(staying);
  const shop = quiet(join(host.home, "shop"));
  const children = Array.from({ length: 8 }, () => host.spawn("session", "start", "--project", shop));
  const ends = children.map(ended);
  const checks = Array.from({ length: 4 }, () => check(host, shop));
  await Promise.all(children.map((child) => new Promise((resolve) => child.stdout!.once("data", resolve))));
  for (const { status, level } of await Promise.all(checks)) {
    expect([0, 3]).toContain(status);
    expect(["safe", "risky"]).toContain(level);
  }
  const { others } = await check(host, shop);
  const pids = others.filter(({ level }: { level: string }) => level === "risky").map((
    { pid }: { pid: number },
  ) => pid);
  expect(pids.toSorted()).toEqual(children.map(({ pid }) => pid).toSorted());
  for (const { pid } of children) process.kill(pid!, "SIGKILL");
  const warned = (await Promise.all(ends)).filter(({ stderr }) => stderr.includes("risky: "));
  expect(warned.length).toBeGreaterThanOrEqual(7);
});

test("edits are read from the end of transcripts, subagents' too, and from no others", () => {
  const root = scratch();
  const line = (path: string, minutes: number, result: object) =>
    JSON.stringify({
      timestamp: new Date(Date.now() - minutes * 60_000).toISOString(),
      toolUseResult: { filePath: path, ...result },
    });
  const put = (path: string, ...lines: string[]) => {
    mkdirSync(join(root, "projects/-p", path, ".."), { recursive: true });
    writeFileSync(join(root, "projects/-p", path), lines.join("\n"));
  };
  const patch = { structuredPatch: [] };
  put(
    "one.jsonl",
    line("/p/too-far-up", 1, { ...patch, content: "x".repeat(300_000) }),
    line("/p/old", 60, patch),
    line("/p/edited", 2, patch),
    line("/p/created", 1, { type: "create" }),
    line("relative", 1, patch),
    '{"toolUseResult":{"type":"text","file":{"filePath":"/p/read"}},"timestamp":"2026-01-01T00:00:00Z"}',
    line("/p/half-written", 1, patch).slice(0, -9),
  );
  put("one/subagents/agent-1.jsonl", line("/p/by-agent", 3, patch));
  put("two.jsonl", line("/p/other", 1, patch));
  writeFileSync(join(root, "projects/notes"), "a file");
  const since = Date.now() - 600_000;
  const paths = (conversation?: string) => recentEdits(root, since, conversation).map(({ path }) => path);
  expect(paths("one")).toEqual(["/p/by-agent", "/p/edited", "/p/created"]);
  expect(paths().toSorted()).toEqual(["/p/by-agent", "/p/created", "/p/edited", "/p/other"]);
  expect(recentEdits(root, Date.now() + 1000)).toEqual([]);
  expect(recentEdits(join(root, "nowhere"), since)).toEqual([]);
});

test("a place is found from inside .git, through a .git that is a link, and despite a .git that is a pipe", () => {
  const root = scratch();
  const shop = quiet(join(root, "shop"));
  expect(placeOf(join(shop, ".git/hooks"))).toMatchObject({ project: shop, worktree: shop });
  mkdirSync(join(root, "linked"));
  symlinkSync(join(shop, ".git"), join(root, "linked/.git"));
  expect(placeOf(join(root, "linked"))).toMatchObject({ project: shop, worktree: join(root, "linked") });
  mkdirSync(join(root, "pipe"));
  execFileSync("mkfifo", [join(root, "pipe/.git")]);
  expect(placeOf(join(root, "pipe"))).toMatchObject({ project: join(root, "pipe"), git: undefined });
  git(shop, "checkout", "-q", "--detach");
  expect(branchOf(placeOf(shop))).toMatch(/^[0-9a-f]{7}$/);
});

test("one directory by two names is one: as bind mounts and file systems without case have it", () => {
  const root = scratch();
  mkdirSync(join(root, "a"));
  mkdirSync(join(root, "b"));
  expect(sameDirectory(join(root, "a"), `${root}/b/../a`)).toBe(true);
  expect(sameDirectory(join(root, "a"), join(root, "b"))).toBe(false);
  expect(sameDirectory(join(root, "gone"), join(root, "gone too"))).toBe(false);
});

test("the real path counts where the shell says another one", () => {
  const root = scratch();
  const shop = quiet(join(root, "shop"));
  symlinkSync(shop, join(root, "alias"));
  expect(placeOf(realpathSync(join(root, "alias"))).worktree).toBe(shop);
});
