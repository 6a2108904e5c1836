import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { claudeProcesses } from "../../src/claude/processes.ts";
import { isAlive } from "../../src/runtime/process.ts";
import { kill, startSshd } from "../host/sshd.ts";
import { until } from "../unit/session_host.ts";
import { binary, ClaudeHost } from "./claude_host.ts";
import { MessagesApi, textOf } from "./messages_api.ts";
import { acceptTrust, launch, screen, see, start, type } from "./panes.ts";

async function printing(): Promise<{ api: MessagesApi; host: ClaudeHost }> {
  const api = await MessagesApi.start();
  onTestFinished(() => api.stop());
  return { api, host: new ClaudeHost(api.url) };
}

const sessions = async (host: ClaudeHost) =>
  JSON.parse((await host.run(binary, ["session", "list", "--json"])).stdout).sessions;

test(
  "a fork knows what was said, in a config dir of its own, and the original hears nothing of it",
  async () => {
    const { api, host } = await printing();
    await host.session(["apple"], ["-p", "the word is cherry-pie"]);
    const before = host.transcripts("apple").map((path) => readFileSync(path, "utf8"));
    expect(await host.session(["melon", "--resume", "apple", "--fork"], ["-p", "which word?"])).toMatchObject(
      {
        status: 0,
        stdout: "understood\n",
      },
    );
    expect(textOf(api.requests.at(-1)!.body)).toContain("the word is cherry-pie");
    expect(host.directory("melon")).not.toBe(host.directory("apple"));
    expect(host.transcripts("melon").some((path) => path.endsWith(`/${host.record("melon").id}.jsonl`))).toBe(
      true,
    );
    expect(host.transcripts("apple").map((path) => readFileSync(path, "utf8"))).toEqual(before);
    // Each goes on by its own name.
    await host.session(["--resume", "melon"], ["-p", "and again?"]);
    expect(textOf(api.requests.at(-1)!.body)).toContain("which word?");
    await host.session(["--resume", "apple"], ["-p", "and here?"]);
    expect(textOf(api.requests.at(-1)!.body)).not.toContain("which word?");
  },
  60_000,
);

test(
  "a session over ssh whose connection is cut ends, and comes back by its name from any directory",
  async () => {
    const host = await start();
    const server = await startSshd();
    onTestFinished(() => server.stop());
    const far = join(host.home, "far");
    const variables = Object.entries(host.env).map(([name, value]) => `'${name}=${value}'`).join(" ");
    writeFileSync(far, `#!/bin/sh\ncd "$1"; shift; exec env -i ${variables} "$@"\n`, { mode: 0o755 });
    writeFileSync(
      join(host.home, "ssh_config"),
      `Host far\n  HostName 127.0.0.1\n  Port ${server.port}\n  User root\n  IdentityFile ${server.home}/.ssh/id_ed25519\n` +
        `  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n`,
    );
    const ssh = `ssh -tt -F ${host.home}/ssh_config far ${far}`;
    await type(
      host,
      "first",
      `clear; echo $$; exec ${ssh} ${host.work} ${host.launcher} apple -- --permission-mode manual`,
    );
    await see(host, "first", "trust this folder");
    await acceptTrust(host, "first");
    await type(host, "first", "remember the cherries");
    await see(host, "first", "understood");
    const { identity } = host.record("apple");
    host.tmux("new-session", "-d", "-x", "120", "-y", "40", "-s", "second", "sh");
    kill(Number(host.tmux("display-message", "-p", "-t", "first", "#{pane_pid}")));
    await until(() => !isAlive(identity), "the end of the session");
    await type(host, "second", `clear; ${ssh} / ${host.launcher} --resume apple -- --permission-mode manual`);
    expect(await see(host, "second", "manual mode on")).toContain("remember the cherries");
    expect(host.record("apple")).toMatchObject({ cwd: host.work });
  },
  90_000,
);

test(
  "the list says what Claude says: idle, then waiting for a permission, then ended when it is stopped",
  async () => {
    const host = await start();
    const pid = await launch(host, "first", "apple");
    expect(await sessions(host)).toMatchObject([{ name: "apple", state: "live", pid }]);
    await acceptTrust(host, "first");
    await expect.poll(() => sessions(host), { timeout: 15_000 })
      .toMatchObject([{ name: "apple", state: "idle", live: true, pid }]);
    expect((await sessions(host))[0].memory).toBeGreaterThan(100e6);
    await type(host, "first", "RUN:touch something");
    await see(host, "first", "Do you want to proceed");
    expect(await sessions(host)).toMatchObject([{ state: "waiting", waitingFor: "permission prompt" }]);
    const refused = await host.run(host.launcher, ["apple"]);
    expect(refused).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`live already: pid ${pid}, in ${host.work}`),
    });
    expect(await host.run(binary, ["session", "stop", "apple"])).toMatchObject({
      status: 0,
      stdout: "session apple has ended\n",
    });
    expect(await sessions(host)).toMatchObject([{ state: "ended", live: false, pid: null }]);
    await see(host, "first", "ended with 143");
  },
  90_000,
);

test("the live view stops a session and resumes it, in the same terminal", async () => {
  const host = await start();
  await launch(host, "first", "apple");
  await acceptTrust(host, "first");
  await type(host, "first", "remember the cherries");
  await see(host, "first", "understood");
  host.tmux("new-session", "-d", "-x", "80", "-y", "24", "-s", "second", "sh");
  await type(host, "second", `clear; ${binary} session list --watch; echo "left with $?"`);
  expect(await see(host, "second", /❯ apple .* idle/)).toContain("last asked: remember the cherries");
  for (const key of ["s", "y"]) host.tmux("send-keys", "-t", "second", key);
  await see(host, "second", "session apple has ended");
  expect(screen(host, "second")).toMatch(/❯ apple .* ended/);
  host.tmux("send-keys", "-t", "second", "r");
  await see(host, "second", /Claude Code v[^]*remember the cherries/);
  await type(host, "second", "/exit");
  await see(host, "second", "left with 0");
}, 90_000);

test("what --bg leaves behind keeps its session live, and ends with it", async () => {
  const { host } = await printing();
  // Nothing goes to the background where the directory is not trusted.
  const trusted = { projects: { [host.work]: { hasTrustDialogAccepted: true } } };
  writeFileSync(join(host.home, ".claude.json"), JSON.stringify(trusted), { mode: 0o600 });
  const ours = () =>
    claudeProcesses([host.env.CLAUDE_OPS_CLAUDE!]).filter(({ pid }) =>
      readFileSync(`/proc/${pid}/environ`, "utf8").includes(host.shared)
    );
  onTestFinished(() => ours().forEach(({ pid }) => kill(pid)));
  const started = await host.session(["apple"], ["--bg", "hello"]);
  expect(started).toMatchObject({ status: 0, stdout: expect.stringContaining("backgrounded") });
  expect(isAlive(host.record("apple").identity)).toBe(false);
  expect(await sessions(host)).toMatchObject([{ name: "apple", state: "background", live: true }]);
  expect(await host.session(["apple"])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("live already"),
  });
  expect(ours().length).toBeGreaterThan(1);
  const stopped = await host.run(binary, ["session", "stop", "apple", "--force", "--json"]);
  expect(stopped).toMatchObject({ status: 0 });
  expect(ours()).toEqual([]);
  expect(await sessions(host)).toMatchObject([{ name: "apple", state: "ended", live: false }]);
}, 90_000);
