import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { archivesOf, removingOf, trashed } from "../../src/cleanup/places.ts";
import { restorable, restore } from "../../src/cleanup/restore.ts";
import { leftTemporaryFiles } from "../../src/cleanup/temporary_files.ts";
import { selfCommand } from "../../src/runtime/self.ts";
import { newId } from "../../src/sessions/id.ts";
import { readRecord, type SessionRecord } from "../../src/sessions/record.ts";
import { day, pastSession } from "../unit/ended_sessions.ts";
import { ended, SessionHost, until } from "../unit/session_host.ts";

const full = process.env.CLAUDE_OPS_TEST_FULL === "1";
const worker = fileURLToPath(new URL("./prune_worker.ts", import.meta.url));
const said = '{"type":"user"}\n'.repeat(200);

function host(body = 'echo "$@"'): SessionHost {
  const it = new SessionHost(body);
  // What other tests leave in /tmp is theirs.
  it.env.CLAUDE_CODE_TMPDIR = join(it.home, "tmp");
  return it;
}

const json = async (it: SessionHost, ...words: string[]) =>
  JSON.parse((await it.run(...words, "--json")).stdout);
const conversation = (it: SessionHost, id: string) => join(it.directory(id), `projects/-p/${id}.jsonl`);

test("what was pruned is resumed by its name, out of the trash or out of its archive", async () => {
  const it = host();
  const id = pastSession(it.layout, "login", { ago: 3 * day, said });
  expect(await it.run("session", "prune", "login")).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("moved 1 session to the trash"),
  });
  expect((await it.run("session", "show", "login")).stderr).toContain("claude-ops session trash");
  expect((await json(it, "session", "trash")).sessions).toMatchObject([{ id, name: "login", from: "trash" }]);
  expect(await it.run("session", "start", "--resume", "login")).toMatchObject({
    status: 0,
    stdout: `--resume ${id}\n`,
  });
  await it.run("session", "prune", "login");
  expect(await it.run("session", "trash", "--empty")).toMatchObject({ status: 0 });
  expect((await json(it, "session", "trash")).sessions).toMatchObject([{
    id,
    name: "login",
    from: "archive",
  }]);
  expect(await it.run("session", "start", "--resume", id)).toMatchObject({
    status: 0,
    stdout: `--resume ${id}\n`,
  });
  expect(readFileSync(conversation(it, id), "utf8")).toBe(said);
  // A config dir to work in again: the seed and what all sessions share.
  expect(existsSync(join(it.directory(id), ".claude.json"))).toBe(true);
  expect(await it.run("session", "restore", "nobody")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("hint: "),
  });
});

test(
  "neither a live session nor a pinned one is pruned by name, by rule or by cleanup; wrong words change nothing",
  async () => {
    const it = host("echo ready; exec sleep 100");
    const child = it.spawn("session", "start", "live");
    await new Promise((ready) => child.stdout!.once("data", ready));
    pastSession(it.layout, "dear", { ago: 90 * day, said });
    expect(await json(it, "session", "pin", "dear")).toMatchObject({
      name: "dear",
      pinned: true,
      changed: true,
    });
    expect(await it.run("session", "prune", "live")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("session live is live"),
    });
    expect(await it.run("session", "prune", "dear")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("session unpin dear"),
    });
    for (
      const wrong of [["--older-than", "soon"], ["--max-disk", "-1"], ["--keep", "x"], [
        "dear",
        "--keep",
        "0",
      ]]
    ) {
      expect((await it.run("session", "prune", ...wrong)).status, wrong.join(" ")).toBe(2);
    }
    expect(await json(it, "session", "prune", "--older-than", "1ms", "--keep", "0", "--max-disk", "0B"))
      .toMatchObject({ actions: [] });
    expect(await json(it, "cleanup")).toMatchObject({ actions: [] });
    expect((await json(it, "session", "list")).sessions).toMatchObject([{ name: "live", pinned: false }, {
      name: "dear",
      pinned: true,
    }]);
    expect((await it.run("session", "list")).stdout).toContain("(pinned)");
    expect((await it.run("session", "show", "dear")).stdout).toContain("cleanup leaves it alone");
    await it.run("session", "unpin", "dear");
    expect((await json(it, "cleanup")).actions).toMatchObject([{ name: "dear", reason: "old" }]);
  },
  60_000,
);

test(
  `a session that is resumed while it is pruned is taken by one of the two, ${full ? 200 : 10} times`,
  async () => {
    const it = host("echo ready; exec sleep 100");
    const id = pastSession(it.layout, "one", { ago: day, said });
    const [program, ...words] = selfCommand();
    const pruner = spawn(program!, [...words.slice(0, -1), worker, it.home, "60"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void process.kill(pruner.pid!, "SIGKILL"));
    let pruned = 0;
    pruner.stdout.on("data", (data) => pruned = Number(String(data).trim().split("\n").at(-1)));
    await until(() => pruned > 0, "the first prune");
    for (let round = 0; round < (full ? 200 : 10); round++) {
      const child = it.spawn("session", "start", "--resume", "one");
      const end = ended(child);
      const first = await Promise.race([new Promise((said) => child.stdout!.once("data", said)), end]);
      expect(String(first)).toBe("ready\n");
      // Whatever the other one does meanwhile.
      await setTimeout(Math.random() * 50);
      expect((readRecord(it.directory(id)) as SessionRecord).identity.pid).toBe(child.pid);
      expect(trashed(it.layout)).toEqual([]);
      expect(readFileSync(conversation(it, id), "utf8")).toBe(said);
      process.kill(child.pid!, "SIGKILL");
      await end;
      await setTimeout(Math.random() * 100);
    }
    expect(pruned).toBeGreaterThan(1);
  },
  full ? 600_000 : 60_000,
);

test("killed at any moment, a cleanup has lost nothing, and the next one finishes", async () => {
  for (const trash of [true, false]) {
    const it = host();
    mkdirSync(join(it.home, ".config/claude-ops"), { recursive: true });
    writeFileSync(join(it.home, ".config/claude-ops/config.toml"), `[cleanup]\ntrash = ${trash}\n`);
    const ids = Array.from(
      { length: full ? 300 : 30 },
      (_, i) => pastSession(it.layout, `s${i}`, { ago: 40 * day, said }),
    );
    let left = ids.length;
    for (let kill = 0; left > 0 && kill < (full ? 40 : 4); kill++) {
      const child = it.spawn("cleanup");
      const end = ended(child);
      const before = readdirSync(it.layout.sessions).length;
      // Not while it only starts: some time after it has begun to work.
      await Promise.race([end, changed(() => readdirSync(it.layout.sessions).length < before)]);
      await setTimeout(Math.random() * 20);
      if (child.exitCode === null) process.kill(child.pid!, "SIGKILL");
      await end;
      left = readdirSync(it.layout.sessions).length;
      const known = new Set([
        ...readdirSync(it.layout.sessions),
        ...restorable(it.layout).map(({ id }) => id),
      ]);
      expect(known.size).toBe(ids.length);
    }
    expect(await it.run("cleanup")).toMatchObject({ status: 0 });
    expect(readdirSync(it.layout.sessions)).toEqual([]);
    expect(existsSync(removingOf(it.layout)) ? readdirSync(removingOf(it.layout)) : []).toEqual([]);
    expect(readdirSync(archivesOf(it.layout)).filter((name) => name.startsWith("."))).toEqual([]);
    for (const id of ids.slice(0, 20)) {
      expect(restore(it.layout, id).from).toBe(trash ? "trash" : "archive");
      expect(readFileSync(conversation(it, id), "utf8")).toBe(said);
    }
  }
}, 120_000);

async function changed(what: () => boolean): Promise<void> {
  while (!what()) await setTimeout(1);
}

test("what a dry run says of hundreds is what the shipped program then does, told in few lines", () => {
  const it = host();
  mkdirSync(join(it.home, ".config/claude-ops"), { recursive: true });
  const off = "[cleanup]\ntrash = false\narchive = false\n";
  writeFileSync(join(it.home, ".config/claude-ops/config.toml"), off);
  // So many that two threads remove them.
  const count = 250;
  for (let i = 0; i < count; i++) {
    pastSession(it.layout, `s${i}`, { ago: 40 * day, ...(i % 3 ? { said } : {}) });
  }
  const prune = (...words: string[]) => {
    const ran = spawnSync(resolve("dist/claude-ops"), ["session", "prune", ...words], {
      encoding: "utf8",
      env: it.env,
    });
    expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: "" });
    return ran.stdout;
  };
  const shown = prune("--dry-run");
  expect(shown.split("\n").length).toBeLessThan(50);
  expect(shown).toContain(`and ${count - 40} more: --json shows all`);
  expect(shown).toContain(`would remove ${count} things`);
  const { later: _, dryRun: __, ...would } = JSON.parse(prune("--dry-run", "--json"));
  expect(readdirSync(it.layout.sessions)).toHaveLength(count);
  const { dryRun: ___, ...did } = JSON.parse(prune("--json"));
  expect(did).toEqual(would);
  expect(did.actions).toHaveLength(count);
  for (const place of [it.layout.sessions, it.layout.names, removingOf(it.layout)]) {
    expect(readdirSync(place)).toEqual([]);
  }
});

test("on a full disk nothing is archived, so nothing is removed", () => {
  const it = host();
  const id = pastSession(it.layout, "full", {
    ago: 40 * day,
    said: crypto.getRandomValues(new Uint8Array(60_000)).join(),
  });
  pastSession(it.layout, "silent", { ago: 40 * day });
  mkdirSync(archivesOf(it.layout));
  const config = join(it.home, ".config/claude-ops");
  mkdirSync(config, { recursive: true });
  writeFileSync(join(config, "config.toml"), "[cleanup]\ntrash = false\n");
  // A user may mount where he is root: in name spaces of his own.
  const script = 'mount -t tmpfs -o size=32k none "$0" && "$@"; status=$?; ls -A "$0" >&2; exit $status';
  const ran = spawnSync("unshare", [
    "--user",
    "--map-root-user",
    "--mount",
    "sh",
    "-c",
    script,
    archivesOf(it.layout),
    ...it.command("cleanup", "--json"),
  ], {
    encoding: "utf8",
    env: { ...it.env, PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    cwd: it.work,
  });
  expect(ran.stderr).toBe("");
  expect(ran.status).toBe(1);
  const { actions } = JSON.parse(ran.stdout);
  expect(actions).toContainEqual(
    expect.objectContaining({ name: "full", problem: expect.stringMatching(/archived: ENOSPC/) }),
  );
  expect(readdirSync(it.layout.sessions)).toEqual([id]);
});

test("temporary files go with the last process that could want them", async () => {
  const it = host("echo ready; exec sleep 100");
  const live = it.spawn("session", "start", "live");
  await new Promise((ready) => live.stdout!.once("data", ready));
  const place = join(it.env.CLAUDE_CODE_TMPDIR!, `claude-${process.getuid!()}/-p`);
  const add = (id: string, hours: number) => {
    mkdirSync(join(place, id, "tasks"), { recursive: true });
    const time = Date.now() / 1000 - hours * 3600;
    utimesSync(join(place, id), time, time);
    return id;
  };
  const [dead, young, open] = [add(newId(), 5), add(newId(), 0), add(newId(), 5)];
  add(it.ids[0]!, 5);
  mkdirSync(join(place, "not-a-conversation"));
  symlinkSync(it.work, join(place, "..", "-link"));
  const worker = spawn("sleep", ["100"], { cwd: join(place, open, "tasks"), stdio: "ignore" });
  onTestFinished(() => void process.kill(worker.pid!, "SIGKILL"));
  const sockets = join(it.env.CLAUDE_CODE_TMPDIR!, "cc-socks");
  mkdirSync(sockets);
  const gone = spawnSync("true").pid;
  await leftSocket(join(sockets, `${gone}.sock`));
  await leftSocket(join(sockets, `${process.pid}.sock`));
  // Somebody listens who is not to be seen from here.
  const server = createServer((socket) => socket.end()).listen(join(sockets, "999999999.sock"));
  await new Promise((ready) => server.once("listening", ready));
  onTestFinished(() => void server.close());
  const left = await leftTemporaryFiles(it.layout, it.env, Date.now());
  expect(left.map(({ entry }) => entry)).toEqual([dead, `${gone}.sock`]);
  expect((await it.run("cleanup")).stdout).toContain("its session has ended");
  expect(readdirSync(place).sort()).toEqual([young, open, it.ids[0]!, "not-a-conversation"].sort());
  expect(readdirSync(sockets).sort()).toEqual([`${process.pid}.sock`, "999999999.sock"].sort());
});

/** A socket that a process which was killed left behind. */
async function leftSocket(path: string): Promise<void> {
  const listen = `require("node:net").createServer().listen(${
    JSON.stringify(path)
  }, () => process.kill(process.pid, "SIGKILL"))`;
  const child = spawn("node", ["-e", listen], { stdio: "ignore" });
  await new Promise((end) => child.once("exit", end));
  expect(existsSync(path)).toBe(true);
}
