import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { binary, ClaudeHost } from "./claude_host.ts";
import { Conversation } from "./conversation.ts";
import { MessagesApi } from "./messages_api.ts";

test(
  "Claude Code finds no fault with the plugin; exported and installed, it guards a bare claude too",
  async () => {
    const api = await MessagesApi.start();
    onTestFinished(() => api.stop());
    const host = new ClaudeHost(api.url);
    const apple = new Conversation(host, ["apple"]);
    const path = join(host.work, "pears.txt");
    await apple.tool("Write", { file_path: path, content: "one\n" });

    const claude = (...args: string[]) => host.run(host.env.CLAUDE_OPS_CLAUDE!, args);
    const [name] = readdirSync(join(host.shared, "ops/plugin"));
    const valid = await claude("plugin", "validate", "--strict", join(host.shared, "ops/plugin", name!));
    expect(valid, valid.stdout + valid.stderr).toMatchObject({ status: 0 });

    const market = join(host.home, "my market");
    expect(await host.run(binary, ["plugin", "export", market])).toMatchObject({ status: 0 });
    const again = await host.run(binary, ["plugin", "export", market]);
    expect(again.stdout).toContain(`claude plugin marketplace add '${market}'`);
    expect(await host.run(binary, ["plugin", "export", host.work])).toMatchObject({ status: 1 });
    expect(await claude("plugin", "validate", market)).toMatchObject({ status: 0 });
    expect(await claude("plugin", "marketplace", "add", market)).toMatchObject({ status: 0 });
    expect(await claude("plugin", "install", "ops@claude-ops")).toMatchObject({ status: 0 });
    expect((await claude("plugin", "list")).stdout).toContain("ops@claude-ops");

    const write = `TOOL:${JSON.stringify({ name: "Write", input: { file_path: path, content: "two\n" } })}`;
    const bare = await claude("-p", write, "--permission-mode", "acceptEdits");
    expect(bare.stdout).toContain("session apple is editing");
  },
  60_000,
);

test("hooks that are switched off are said", async () => {
  const api = await MessagesApi.start();
  onTestFinished(() => api.stop());
  const host = new ClaudeHost(api.url);
  const { stderr } = await host.session(["apple"], ["--bare", "-p", "hi"]);
  expect(stderr).toContain("--bare switches hooks off, so nothing guards this session's edits");

  // With a project's settings: what is said is what Claude Code does. A hook that ran has made sure of `ops/held`.
  mkdirSync(join(host.work, ".claude"));
  const settings = join(host.work, ".claude/settings.json");
  const local = join(host.work, ".claude/settings.local.json");
  const write = (name: string) =>
    `TOOL:${JSON.stringify({ name: "Write", input: { file_path: join(host.work, name), content: "x" } })}`;
  const cases: [string, string][] = [[settings, "true"], [local, "false"]];
  for (const [i, [file, value]] of cases.entries()) {
    writeFileSync(file, `{"disableAllHooks":${value}}`);
    const { stderr } = await host.session([`pear${i}`], ["-p", write(`file${i}`)]);
    const off = value === "true";
    expect(stderr).toBe(
      off
        ? `claude-session: disableAllHooks in ${file} switches hooks off, so nothing guards this session's edits\n`
        : "",
    );
    expect(existsSync(join(host.shared, "ops/held"))).toBe(!off);
    rmSync(join(host.shared, "ops/held"), { recursive: true, force: true });
  }
});
