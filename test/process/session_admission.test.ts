import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { configOf } from "../../src/config/schema.ts";
import { memoryHere } from "../../src/runtime/memory.ts";
import { isAlive } from "../../src/runtime/process.ts";
import { defaults } from "../../src/sessions/settings.ts";
import { readRecord, type SessionRecord } from "../../src/sessions/record.ts";
import { ended, SessionHost, until } from "../unit/session_host.ts";

const MiB = 2 ** 20;

function hostWith(sessions: string, body = "echo ready; exec sleep 100"): SessionHost {
  const host = new SessionHost(body);
  mkdirSync(join(host.home, ".config/claude-ops"), { recursive: true });
  writeFileSync(join(host.home, ".config/claude-ops/config.toml"), `[sessions]\n${sessions}\n`);
  return host;
}

/** Starts a session that stays. */
async function start(host: SessionHost, ...words: string[]): Promise<number> {
  const child = host.spawn("session", "start", ...words);
  const failed = ended(child).then(({ stderr }) => Promise.reject(new Error(stderr)));
  await Promise.race([new Promise((resolve) => child.stdout!.once("data", resolve)), failed]);
  failed.catch(() => {});
  return child.pid!;
}

/** Starts so many at the same instant and waits until each of them runs or was refused. */
async function startAtOnce(
  host: SessionHost,
  count: number,
): Promise<{ running: number; refused: string[] }> {
  const children = Array.from({ length: count }, () => host.spawn("session", "start"));
  const all = children.map((child) => {
    const end = ended(child);
    return Promise.race([
      new Promise<"ready">((resolve) => child.stdout!.once("data", () => resolve("ready"))),
      end,
    ]);
  });
  const results = await Promise.all(all);
  const refused = results.filter((result) => result !== "ready");
  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 75));
  return { running: count - refused.length, refused: refused.map(({ stderr }) => stderr) };
}

const live = (host: SessionHost) =>
  host.ids.map((id) => readRecord(host.directory(id)) as SessionRecord).filter(({ identity }) =>
    isAlive(identity)
  );

test("twenty starts at the same instant do not exceed the number that is allowed", async () => {
  const host = hostWith("max = 3");
  const { running, refused } = await startAtOnce(host, 20);
  expect(running).toBe(3);
  expect(refused).toHaveLength(17);
  expect(live(host)).toHaveLength(3);
  // What was refused left nothing behind.
  expect(host.ids).toHaveLength(3);
  expect(readdirSync(host.layout.live)).toHaveLength(3);
}, 60_000);

test(
  "twenty starts at the same instant do not exceed the memory, though none has used any of it yet",
  async () => {
    const share = Math.floor(memoryHere().available / 3.5 / MiB);
    const host = hostWith(`memory = "${share}MiB"`);
    const { running, refused } = await startAtOnce(host, 20);
    expect(running).toBe(3);
    expect(refused[0]).toContain(`a session needs ${amount(share)} of memory`);
    expect(live(host)).toHaveLength(3);
  },
  60_000,
);

const amount = (mebibytes: number) =>
  mebibytes < 1024 ? `${mebibytes} MiB` : `${(mebibytes / 1024).toFixed(1)} GiB`;

test(
  "a refusal says what runs, how much each uses and what would help; room is there again when one ends",
  async () => {
    const fill =
      "python3 -c \"import time; data = bytearray(b'x' * (60 << 20)); print('ready', flush=True); time.sleep(99)\"";
    const host = hostWith("max = 2", `case $4 in big) ${fill};; *) echo ready; exec sleep 100;; esac`);
    const small = await start(host, "small");
    const big = await start(host, "big");
    const { status, stderr } = await host.run("session", "start", "third");
    expect(status).toBe(75);
    const [message, first, second, hint] = stderr.split("\n");
    expect(message).toBe(
      "claude-ops: no room for one more session: 2 sessions are running, and [sessions] max allows no more",
    );
    // The largest first, with what its children use.
    expect(first).toMatch(new RegExp(`^  big    +[67]\\d MiB  pid ${big}  ${host.work}$`));
    expect(second).toMatch(new RegExp(`^  small  +\\d MiB  pid ${small}  ${host.work}$`));
    expect(hint).toContain("claude-ops session stop big");
    expect(hint).toContain("--force");
    process.kill(small, "SIGKILL");
    await until(() => live(host).length === 1, "an end");
    await start(host, "third");
  },
  30_000,
);

test(
  "--force starts a session where there is no room, also with a configuration that cannot be read",
  async () => {
    const host = hostWith('max = 1\nmemory = "900TiB"', "echo started");
    expect(await host.run("session", "start")).toMatchObject({ status: 75 });
    expect(await host.run("session", "start", "--force")).toMatchObject({
      status: 0,
      stdout: "started\n",
      stderr: "",
    });
    writeFileSync(join(host.home, ".config/claude-ops/config.toml"), "[session]\nmax = 1\n");
    const broken = await host.run("session", "start");
    expect(broken).toMatchObject({ status: 1, stdout: "" });
    expect(broken.stderr).toMatch(
      /config\.toml:1: unknown section "session"\nhint: did you mean "sessions"\?/,
    );
    expect(await host.run("session", "start", "--force")).toMatchObject({ status: 0, stdout: "started\n" });
  },
  30_000,
);

test("with memory 0B it is not looked at, and max 0 means no number", async () => {
  const host = hostWith('max = 0\nmemory = "0B"', "echo started");
  expect(await host.run("session", "start")).toMatchObject({ status: 0, stdout: "started\n" });
});

test("a session that is resumed needs room as well, and stays as it was without", async () => {
  const host = hostWith("max = 1");
  await start(host, "one");
  const [{ identity }] = live(host) as [SessionRecord];
  process.kill(identity.pid, "SIGKILL");
  await until(() => live(host).length === 0, "an end");
  await start(host, "two");
  const before = readRecord(host.directory(host.ids.toSorted()[0]));
  expect(await host.run("session", "start", "--resume", "one")).toMatchObject({ status: 75 });
  expect(readRecord(host.directory(host.ids.toSorted()[0]))).toEqual(before);
});

test("of ten starts with one name at the same instant one gets it", async () => {
  const host = new SessionHost("echo ready; exec sleep 100");
  const all = Array.from({ length: 10 }, () => host.spawn("session", "start", "same")).map((child) => {
    const end = ended(child);
    return Promise.race([
      new Promise<"ready">((resolve) => child.stdout!.once("data", () => resolve("ready"))),
      end,
    ]);
  });
  const results = await Promise.all(all);
  expect(results.filter((result) => result === "ready")).toHaveLength(1);
  expect(live(host)).toHaveLength(1);
}, 30_000);

test("what holds without a configuration is what the schema says", () => {
  expect(defaults).toEqual(configOf(new Map()).sessions);
});
