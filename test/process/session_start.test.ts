import { chmodSync, chownSync, lstatSync, mkdirSync, readFileSync, readlinkSync } from "node:fs";
import { readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inheritedVariables } from "../../src/claude/environment.ts";
import { identityOf } from "../../src/runtime/process.ts";
import { isId } from "../../src/sessions/id.ts";
import { readRecord } from "../../src/sessions/record.ts";
import { ended, SessionHost, until } from "../unit/session_host.ts";
import { scratch, script } from "../unit/scratch.ts";

/** Tells all that a program can see of its start. */
const tell = `echo "pid $$"; for a; do echo "arg $a"; done; env; pwd; umask
while read -r key value; do case $key in SigIgn:|SigBlk:) echo "$key $value";; esac; done </proc/$$/status`;
const asRoot = process.getuid!() === 0;

test("the process that was started is Claude's own, with its arguments, environment and exit status", async () => {
  const host = new SessionHost(`${tell}; exit 7`);
  for (const name of inheritedVariables) host.env[name] = "outer";
  host.env.MINE = "a\nb";
  const { pid, status, stdout, stderr } = await host.run("session", "start", "one", "--", "--model", "a b");
  const [id] = host.ids;
  expect({ status, stderr }).toEqual({ status: 7, stderr: "" });
  expect(stdout).toContain(
    `pid ${pid}\narg --session-id\narg ${id}\narg -n\narg one\narg --model\narg a b\n`,
  );
  expect(stdout).toContain("MINE=a\nb\n");
  expect(stdout).toContain(`CLAUDE_CONFIG_DIR=${host.directory()}\n`);
  expect(stdout).toContain(`CLAUDE_SECURESTORAGE_CONFIG_DIR=${host.layout.shared}\n`);
  expect(stdout).toContain(`CLAUDE_CODE_PLUGIN_CACHE_DIR=${host.layout.shared}/plugins\n`);
  expect(stdout).not.toContain("outer");
  const [blocked, ignored] = [...stdout.matchAll(/Sig...:\s+(\w+)/g)].map(([, bits]) => BigInt(`0x${bits}`));
  // The C library's own two real-time signals lie above; Deno leaves them ignored in what it spawns.
  expect([blocked, ignored! & 0x7fffffffn]).toEqual([0n, 0n]);
});

test("the session has its own directory, with links to what is shared and a record of its process", async () => {
  const host = new SessionHost("echo ready; exec sleep 100");
  mkdirSync(join(host.home, "dotfiles/skills"), { recursive: true });
  symlinkSync(join(host.home, "dotfiles/skills"), join(host.layout.shared, "skills"));
  const child = host.spawn("session", "start");
  await new Promise((resolve) => child.stdout!.once("data", resolve));
  const directory = host.directory();
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(statSync(host.layout.sessions).mode & 0o777).toBe(0o700);
  expect(readlinkSync(join(directory, "skills"))).toBe(join(host.home, "dotfiles/skills"));
  for (const name of ["agents", "commands", "CLAUDE.md", "settings.json"]) {
    expect(readlinkSync(join(directory, name))).toBe(join(host.layout.shared, name));
  }
  expect(readdirSync(directory).toSorted()).toEqual(
    [".claude.json", "CLAUDE.md", "agents", "commands", "session.json", "settings.json", "skills"],
  );
  expect(readRecord(directory)).toMatchObject({
    id: host.ids[0],
    name: expect.stringMatching(/^work-[0-9a-f]{4}$/),
    project: host.work,
    cwd: host.work,
    identity: identityOf(child.pid!),
    claude: { path: host.env.CLAUDE_OPS_CLAUDE },
  });
  expect(statSync(join(directory, ".claude.json")).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(join(directory, ".claude.json"), "utf8"))).toEqual({
    hasCompletedOnboarding: true,
    hasSeenAutoDefaultNotice: true,
    projects: {},
  });
});

test("a signal to the process that was started is Claude's to take", async () => {
  const host = new SessionHost(
    `trap 'echo term; exit 3' TERM; trap 'echo hup' HUP; echo ready; while :; do sleep 0.01; done`,
  );
  const child = host.spawn("session", "start");
  const end = ended(child);
  await new Promise((resolve) => child.stdout!.once("data", resolve));
  process.kill(child.pid!, "SIGHUP");
  await new Promise((resolve) => child.stdout!.once("data", resolve));
  process.kill(child.pid!, "SIGTERM");
  expect(await end).toMatchObject({ status: 3, signal: null, stdout: "ready\nhup\nterm\n" });
  const killed = await new SessionHost("kill -KILL $$").run("session", "start");
  expect(killed).toMatchObject({ status: null, signal: "SIGKILL" });
});

test("the managed version that is current is started by its concrete path, the user's before the host's", async () => {
  const host = new SessionHost("exit 0");
  delete host.env.CLAUDE_OPS_CLAUDE;
  const root = join(host.home, ".local/share/claude-code");
  mkdirSync(join(root, "versions/2.1.329"), { recursive: true });
  symlinkSync("versions/2.1.329", join(root, "current"));
  const claude = script(join(root, "versions/2.1.329/claude"), 'echo "$0"');
  expect(await host.run("session", "start")).toMatchObject({ status: 0, stdout: `${claude}\n` });
  expect(readRecord(host.directory())).toMatchObject({ claude: { path: claude, version: "2.1.329" } });
});

test("a managed version that cannot share a login is refused unless named, one that cannot be verified is said", async () => {
  const host = new SessionHost("exit 0");
  const manage = (version: string) => {
    delete host.env.CLAUDE_OPS_CLAUDE;
    const root = join(host.home, ".local/share/claude-code");
    mkdirSync(join(root, "versions", version), { recursive: true });
    rmSync(join(root, "current"), { force: true });
    symlinkSync(join(root, "versions", version), join(root, "current"));
    return script(join(root, "versions", version, "claude"), "exit 0");
  };
  const old = manage("2.1.143");
  const reason = expect.stringContaining("2.1.143 cannot share one login");
  expect(await host.run("session", "start")).toMatchObject({ status: 1, stderr: reason });
  expect(host.ids).toEqual([]);
  host.env.CLAUDE_OPS_CLAUDE = old;
  expect(await host.run("session", "start")).toMatchObject({ status: 0, stderr: reason });
  manage("2.1.200");
  const unverified = expect.stringContaining("2.1.200 cannot be verified");
  expect(await host.run("session", "start")).toMatchObject({ status: 0, stderr: unverified });
  manage("2.1.999");
  expect(await host.run("session", "start")).toMatchObject({ status: 0, stderr: "" });
});

test("--project is where Claude works, by its real path", async () => {
  const host = new SessionHost(`pwd; echo "$PWD"`);
  mkdirSync(join(host.home, "real"));
  symlinkSync(join(host.home, "real"), join(host.home, "link"));
  const { stdout } = await host.run("session", "start", "--project", "../link");
  expect(stdout).toBe(`${join(host.home, "real")}\n`.repeat(2));
  expect(readRecord(host.directory())).toMatchObject({ cwd: join(host.home, "real") });
});

test.each([
  ["a bad name", ["a/b"], "not a session name", 2],
  ["a project that is gone", ["--project", "gone"], "it does not exist", 1],
  ["a project that is a file", ["--project", "../standin"], "it is not a directory", 1],
  ["a choice of conversation", ["--", "--resume=x"], "--resume=x is not passed on", 2],
  ["an unknown option", ["--nonsense"], "--nonsense", 2],
])("%s is an error that changes nothing", async (_, words, message, status) => {
  const host = new SessionHost("echo never");
  const got = await host.run("session", "start", ...words);
  expect(got).toMatchObject({ status, stdout: "", stderr: expect.stringContaining(message) });
  expect(got.stderr).toContain("hint: ");
  expect(readdirSync(host.layout.shared)).toEqual(["ops"]);
});

test.each([
  ["is missing", () => "/nonexistent/claude", "ENOENT"],
  ["is a directory", () => "/tmp", "not a file"],
  ["may not be run", (file: string) => (chmodSync(file, 0o600), file), "EACCES"],
])("an executable that %s makes no session", async (_, path, message) => {
  const host = new SessionHost("");
  host.env.CLAUDE_OPS_CLAUDE = path(host.env.CLAUDE_OPS_CLAUDE!);
  expect(await host.run("session", "start")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(message),
  });
  expect(host.ids).toEqual([]);
});

test("what turns out to be no program leaves no half-made session", async () => {
  const host = new SessionHost("");
  writeFileSync(host.env.CLAUDE_OPS_CLAUDE!, "\x7fELF garbage");
  expect(await host.run("session", "start")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("cannot run"),
  });
  expect(host.ids).toEqual([]);
  expect(readdirSync(host.layout.live)).toEqual([]);
});

test.runIf(asRoot)("directories of another user, and links to them, are refused", async () => {
  for (const name of ["shared", "sessions", "ops", "live"] as const) {
    const foreign = scratch();
    chownSync(foreign, 12345, 12345);
    for (
      const make of [
        (path: string) => symlinkSync(foreign, path),
        (path: string) => (mkdirSync(path), chownSync(path, 12345, 12345)),
      ]
    ) {
      const host = new SessionHost("echo never");
      const path = host.layout[name];
      mkdirSync(join(path, ".."), { recursive: true });
      rmSync(path, { recursive: true, force: true });
      make(path);
      const got = await host.run("session", "start");
      expect(got).toMatchObject({
        status: 1,
        stdout: "",
        stderr: expect.stringContaining(`cannot keep sessions in ${path}`),
      });
      expect(readdirSync(foreign)).toEqual([]);
    }
  }
});

test("a name that a live session has is refused, and free again once that ended", async () => {
  const host = new SessionHost("echo ready; exec sleep 100");
  const child = host.spawn("session", "start", "one");
  const end = ended(child);
  await new Promise((resolve) => child.stdout!.once("data", resolve));
  child.stdout!.resume();
  await until(() => host.ids.length === 1, "a session");
  script(host.env.CLAUDE_OPS_CLAUDE!, "exit 0");
  const refused = await host.run("session", "start", "one");
  expect(refused).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(`live already: pid ${child.pid}`),
  });
  expect(host.ids).toHaveLength(1);
  child.kill("SIGKILL");
  await end;
  expect(await host.run("session", "start", "one")).toMatchObject({ status: 0 });
  expect(host.ids).toHaveLength(2);
  expect(readdirSync(host.layout.live).filter(isId)).toHaveLength(1);
});

test("trust is repeated where it was accepted, also in a session that has ended, and nowhere else", async () => {
  const host = new SessionHost("exit 0");
  const elsewhere = join(host.home, "elsewhere");
  mkdirSync(elsewhere);
  const accept = (file: string, path: string) =>
    writeFileSync(
      file,
      JSON.stringify({ projects: { [path]: { hasTrustDialogAccepted: true, allowedTools: ["Bash"] } } }),
    );
  const seeded = async (...words: string[]) => {
    const before = new Set(host.ids);
    expect(await host.run("session", "start", ...words)).toMatchObject({ status: 0, stderr: "" });
    const id = host.ids.find((id) => !before.has(id))!;
    return {
      id,
      projects: JSON.parse(readFileSync(join(host.directory(id), ".claude.json"), "utf8")).projects,
    };
  };
  const trusted = { [host.work]: { hasTrustDialogAccepted: true } };
  expect((await seeded()).projects).toEqual({});
  accept(join(host.home, ".claude.json"), host.work);
  expect((await seeded()).projects).toEqual(trusted);
  expect((await seeded("--project", elsewhere)).projects).toEqual({});
  rmSync(join(host.home, ".claude.json"));
  const { id } = await seeded("--project", elsewhere);
  accept(join(host.directory(id), ".claude.json"), elsewhere);
  await seeded();
  rmSync(host.directory(id), { recursive: true });
  expect((await seeded("--project", elsewhere)).projects).toEqual({
    [elsewhere]: { hasTrustDialogAccepted: true },
  });
});

test("a broken ~/.claude.json grants nothing and stops nothing", async () => {
  const host = new SessionHost("exit 0");
  for (
    const text of [
      "{",
      `{"projects":{"${host.work}":{"hasTrustDialogAccepted":"yes"}}}`,
      '{"projects":{"/":null,"hasTrustDialogAccepted":true}}',
    ]
  ) {
    writeFileSync(join(host.home, ".claude.json"), text);
    expect(await host.run("session", "start")).toMatchObject({ status: 0, stderr: "" });
  }
  for (const id of host.ids) {
    expect(JSON.parse(readFileSync(join(host.directory(id), ".claude.json"), "utf8")).projects).toEqual({});
  }
});

test.runIf(!asRoot)("a home that cannot be written is said so", async () => {
  const host = new SessionHost("exit 0");
  chmodSync(host.home, 0o500);
  expect(await host.run("session", "start")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("EACCES"),
  });
});

test("an older layout's link is put right, and a file in its place is left alone", async () => {
  const host = new SessionHost("exit 0");
  await host.run("session", "start", "one");
  const directory = host.directory();
  rmSync(join(directory, "agents"));
  symlinkSync("/nowhere", join(directory, "agents"));
  rmSync(join(directory, "CLAUDE.md"));
  writeFileSync(join(directory, "CLAUDE.md"), "mine");
  expect(await host.run("session", "start", "--resume", "one")).toMatchObject({ status: 0 });
  expect(readlinkSync(join(directory, "agents"))).toBe(join(host.layout.shared, "agents"));
  expect(lstatSync(join(directory, "CLAUDE.md")).isFile()).toBe(true);
});
