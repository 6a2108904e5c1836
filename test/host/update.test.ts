import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { SmallRegistry } from "../small_registry.ts";
import { until } from "../unit/session_host.ts";
import { BINARY } from "./ops.ts";
import { end, ended, UpdatingHome } from "./updating_home.ts";

// The shipped binary against a real registry; Claude Code is a native stand-in, so that the kernel sees it as it sees the
// real one. The real packages are in update_story.test.ts.
const [TOO_OLD, OLD, NEW, NEWER] = ["2.1.100", "2.1.300", "2.1.310", "2.1.320"] as const;
let registry: SmallRegistry;
beforeAll(async () => {
  registry = await SmallRegistry.ofStandIns([TOO_OLD, OLD, NEW, NEWER], OLD);
});
afterAll(() => registry.stop());

async function homeWith(version: string): Promise<UpdatingHome> {
  registry.release(version);
  const home = new UpdatingHome(registry.url);
  expect(await home.update()).toMatchObject({ status: 0, said: { status: "updated", to: version } });
  return home;
}

test("a live session makes an update wait, by name and since when; the start after it switches first", async () => {
  const home = await homeWith(OLD);
  registry.release(NEW);
  const { child, version } = await home.session("api");
  expect(version).toBe(OLD);
  const deferred = await home.update();
  expect(deferred).toMatchObject({
    status: 75,
    said: {
      status: "deferred",
      from: OLD,
      to: NEW,
      waitingFor: [{ session: "api", pid: child.pid, version: OLD }],
    },
  });
  expect(Date.now() - Date.parse(deferred.said.since)).toBeLessThan(60_000);
  // A second session beside it runs what the first one does, and the wait goes on since then.
  const beside = await home.session("beside");
  expect(beside.version).toBe(OLD);
  expect((await home.update()).said).toMatchObject({ since: deferred.said.since, waitingFor: { length: 2 } });
  await end(child);
  await end(beside.child);
  expect((await home.session("next")).version).toBe(NEW);
  expect(home.current).toBe(NEW);
  expect(home.log).toMatch(
    /staged version=2\.1\.310[^]*deferred version=2\.1\.310 reason="waits for session api of/,
  );
  expect(home.log).toMatch(/updated from=2\.1\.300 to=2\.1\.310 by="a start of/);
});

test("an update says what came of it, and of the way there nothing that stays", async () => {
  registry.release(OLD);
  const home = new UpdatingHome(registry.url);
  expect(await ended(home.spawn(BINARY, ["update"]))).toMatchObject({
    stdout: `Claude Code none → ${OLD}\n`,
    stderr: expect.not.stringContaining("checked"),
  });
});

test("rolled back, at once and while a session runs, the version left is gone to again only by name", async () => {
  const home = await homeWith(OLD);
  registry.release(NEW);
  expect((await home.update()).said).toMatchObject({ status: "updated", from: OLD, to: NEW });
  const { child } = await home.session();
  expect(await home.update("--rollback")).toMatchObject({ status: 0, said: { from: NEW, to: OLD } });
  expect(home.current).toBe(OLD);
  await end(child);
  expect(await home.update()).toMatchObject({ status: 0, said: { status: "current", current: OLD } });
  expect(await home.update("--rollback")).toMatchObject({
    status: 1,
    said: { error: { code: "no-previous" } },
  });
  expect(await home.update("--to", NEW)).toMatchObject({ status: 0, said: { status: "updated", to: NEW } });
  await home.update("--rollback");
  registry.release(NEWER);
  expect((await home.update()).said).toMatchObject({ status: "updated", from: OLD, to: NEWER });
});

test("fetched only, a version waits for the word or the next start; --to goes to older ones, and stays there", async () => {
  const home = await homeWith(NEW);
  expect(await home.update("--stage", "--to", NEWER)).toMatchObject({
    status: 0,
    said: { status: "staged" },
  });
  expect(home.current).toBe(NEW);
  expect((await home.update("--activate")).said).toMatchObject({ status: "updated", to: NEWER });
  expect((await home.update("--activate")).said).toMatchObject({ status: "current" });
  expect((await home.update("--to", OLD)).said).toMatchObject({ status: "updated", from: NEWER, to: OLD });
  registry.release(NEWER);
  expect((await home.update()).said).toMatchObject({ status: "current", current: OLD, available: NEWER });
  await home.update("--stage", "--to", NEW);
  expect((await home.session()).version).toBe(NEW);
});

test("the configuration pins a version, follows a channel, or switches beside live sessions", async () => {
  const home = await homeWith(NEW);
  home.configure(`[claude]\nversion = "${OLD}"\n`);
  expect((await home.update()).said).toMatchObject({ status: "updated", from: NEW, to: OLD });
  registry.release(NEWER);
  expect(await home.update("--check")).toMatchObject({ status: 0, said: { status: "current" } });
  home.configure('[claude]\nversion = "newest"\n');
  expect(await home.update()).toMatchObject({ status: 1, said: { error: { code: "config" } } });
  home.configure("[updates]\nactivate_while_live = true\n");
  const { child } = await home.session();
  expect(await home.update("--check")).toMatchObject({
    status: 3,
    said: { status: "available", available: NEWER },
  });
  expect((await home.update()).said).toMatchObject({ status: "updated", from: OLD, to: NEWER });
  await end(child);
});

test("--max-wait switches as soon as the last session has ended", async () => {
  const home = await homeWith(OLD);
  registry.release(NEW);
  const { child } = await home.session();
  const updating = home.update("--max-wait", "1m");
  await until(() => existsSync(join(home.root, "waiting.json")), "a version that waits");
  await end(child);
  expect(await updating).toMatchObject({ status: 0, said: { status: "updated", from: OLD, to: NEW } });
  expect(await home.update("--max-wait", "soon")).toMatchObject({ status: 2 });
});

test("a version that is run stays; once nobody does it goes, and the one before the current stays", async () => {
  const home = await homeWith(OLD);
  home.configure("[updates]\nactivate_while_live = true\n");
  const { child } = await home.session();
  for (const release of [NEW, NEWER]) {
    registry.release(release);
    await home.update();
  }
  expect(home.versions).toEqual([OLD, NEW, NEWER]);
  await end(child);
  await home.update();
  expect(home.versions).toEqual([NEW, NEWER]);
  expect(home.log).toContain(`removed version=${OLD} reason="nobody runs it any more"`);
});

test("what is no session holds an update up as well: one started bare, and one that runs from a removed file", async () => {
  const home = await homeWith(OLD);
  registry.release(NEW);
  const elsewhere = join(home.home, "node_modules/@anthropic-ai/claude-code/bin/claude.exe");
  mkdirSync(dirname(elsewhere), { recursive: true });
  copyFileSync(join(home.root, "versions", OLD, "claude"), elsewhere);
  const bare = home.spawn(elsewhere, ["daemon", "run"]);
  await once(bare.stdout!, "data");
  rmSync(elsewhere);
  const deferred = await home.update();
  expect(deferred).toMatchObject({ status: 75, said: { waitingFor: [{ pid: bare.pid }] } });
  expect(deferred.said.waitingFor[0]).not.toHaveProperty("session");
  await end(bare);
  expect((await home.update()).said).toMatchObject({ status: "updated" });
});

test("a current version that no longer runs is left for the one before, by the start that finds out", async () => {
  const home = await homeWith(OLD);
  registry.release(NEW);
  await home.update();
  writeFileSync(join(home.root, "versions", NEW, "claude"), "cut off", { mode: 0o755 });
  expect((await home.session()).version).toBe(OLD);
  expect(home.current).toBe(OLD);
  expect(home.log).toMatch(/rolled-back from=2\.1\.310 to=2\.1\.300 reason="it does not start:/);
  expect((await home.update()).said).toMatchObject({ status: "current", current: OLD });
});

test("a version that breaks while it waits is given up, and the current one stays", async () => {
  const home = await homeWith(OLD);
  registry.release(NEW);
  await home.update("--stage");
  writeFileSync(join(home.root, "versions", NEW, "claude"), "#!/bin/sh\nexit 1\n");
  expect(await home.update("--activate")).toMatchObject({
    status: 1,
    said: { error: { code: "version-broken" } },
  });
  expect((await home.session()).version).toBe(OLD);
  expect(await home.update()).toMatchObject({ status: 0, said: { status: "current", current: OLD } });
});

test("of twenty starts at once one looks for a newer release; nobody waits for it, and nothing of it is seen or left", async () => {
  const home = await homeWith(OLD);
  registry.release(NEW);
  rmSync(home.layout.nextCheck);
  home.configure('[sessions]\nmemory = "0B"\n');
  const checks = () => home.log.match(/ checked /g)?.length ?? 0;
  const before = checks();
  const sessions = await Promise.all(Array.from({ length: 20 }, () => home.session()));
  const words = sessions.map(({ child }) => {
    let text = "";
    for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (data) => text += data);
    return () => text;
  });
  await until(() => / deferred /.test(home.log), "the update in the background");
  await until(() => home.processes().length === 20, "its end");
  expect(checks()).toBe(before + 1);
  expect(words.map((text) => text())).toEqual(Array(20).fill(""));
  expect(home.processes().filter(({ state }) => state === "Z")).toEqual([]);
  expect(home.processes().map(({ pid }) => pid)).toEqual(
    sessions.map(({ child }) => child.pid!).toSorted((a, b) => a - b),
  );
  for (const { child } of sessions) await end(child);
});

test("unsupported versions are refused, those that cannot be verified fetched with a word about it", async () => {
  const home = await homeWith(OLD);
  expect(await home.update("--to", TOO_OLD)).toMatchObject({
    status: 1,
    said: { error: { code: "claude-unsupported" } },
  });
  expect(home.current).toBe(OLD);
});

test("options that contradict each other change nothing", async () => {
  const home = new UpdatingHome(registry.url);
  for (
    const words of [["--check", "--stage"], ["--rollback", "--to", OLD], ["--to", ""], [
      "--stage",
      "--max-wait",
      "1h",
    ]]
  ) {
    expect((await home.update(...words)).status, words.join(" ")).toBe(2);
  }
  expect(existsSync(home.root)).toBe(false);
});

test("a cleanup removes the versions that nobody needs or runs, and a dry run names just these", async () => {
  const home = await homeWith(OLD);
  const { child } = await home.session("api"); // runs OLD
  registry.release(NEW);
  expect((await home.update()).said).toMatchObject({ status: "deferred", to: NEW });

  for (const version of ["2.1.280", "2.1.290"]) {
    execFileSync("cp", ["-a", `${home.root}/versions/${OLD}`, `${home.root}/versions/${version}`]);
  }
  const before = home.versions;
  const named = (said: { actions: { kind: string; name: string }[] }) =>
    said.actions.filter(({ kind }) => kind === "version").map(({ name }) => name);
  const dry = await home.run("cleanup", "--dry-run");
  expect(home.versions).toEqual(before);
  const ran = await home.run("cleanup");
  expect(named(ran.said)).toEqual(["Claude Code 2.1.280", "Claude Code 2.1.290"]);
  expect(named(dry.said)).toEqual(named(ran.said));
  expect(dry.said.freed).toBe(ran.said.freed);
  expect(home.versions).toEqual(before.filter((version) => !version.startsWith("2.1.2")));
  expect(home.log).toContain('removed version=2.1.290 reason="nobody runs it any more"');
  await end(child);
});

/** The registry, but the second half of each tarball comes only once it is let go. */
async function heldBack(): Promise<{ url: string; letGo: () => void }> {
  const { promise, resolve: letGo } = Promise.withResolvers<void>();
  const server = createServer(async (request, answer) => {
    const upstream = await fetch(registry.url + request.url!.slice(1));
    const body = Buffer.from(await upstream.arrayBuffer());
    if (!request.url!.endsWith(".tgz")) return answer.end(String(body).replaceAll(registry.url, url));
    answer.writeHead(200, { "content-length": body.length });
    answer.write(body.subarray(0, body.length / 2));
    await promise;
    answer.end(body.subarray(body.length / 2));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => (letGo(), void server.close()));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { url, letGo };
}

test("while it fetches, all its threads have the lowest priority for processor and disk", async () => {
  const home = await homeWith(OLD);
  registry.release(NEW);
  const { url, letGo } = await heldBack();
  home.env.npm_config_registry = url;
  const child = home.spawn(BINARY, ["update", "--json"]);
  const done = ended(child);
  const threads = () =>
    readdirSync(`/proc/${child.pid}/task`).map((id) => [
      Number(
        readFileSync(`/proc/${child.pid}/task/${id}/stat`, "latin1").replace(/^.*\) /s, "").split(" ")[16],
      ),
      execFileSync("ionice", ["-p", id], { encoding: "utf8" }).trim(),
    ]);
  const lowest = (): boolean => threads().every(([nice, disk]) => nice === 19 && disk === "idle");
  await until(() => home.versions.some((name) => name.startsWith(`.staging-${NEW}`)), "it fetches");
  await until(lowest, "all threads have the lowest priority");
  letGo();
  expect(await done).toMatchObject({ status: 0, said: { status: "updated", to: NEW } });
});
