import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../process/repository.ts";
import { binary, type ClaudeHost } from "./claude_host.ts";
import { Conversation } from "./conversation.ts";
import { launch, screen, see, start, type } from "./panes.ts";

/** A pane with the session pear in a trusted repository, in which apple edits `pears.txt`. */
async function besideApple(): Promise<{ host: ClaudeHost; path: string; apple: Conversation }> {
  const host = await start();
  repository(host.work);
  const trusted = { projects: { [host.work]: { hasTrustDialogAccepted: true } } };
  writeFileSync(join(host.home, ".claude.json"), JSON.stringify(trusted), { mode: 0o600 });
  const path = join(host.work, "pears.txt");
  const apple = new Conversation(host, ["apple"]);
  await apple.tool("Write", { file_path: path, content: "one\n" });
  await launch(host, "first", "pear");
  return { host, path, apple };
}

/** Answers a dialog, which takes no keys in its first moments. */
async function answer(host: ClaudeHost, key: string): Promise<void> {
  for (let attempt = 0; attempt < 40 && screen(host, "first").includes("Do you want to"); attempt++) {
    host.tmux("send-keys", "-t", "first", key);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const call = (name: string, input: object) => `TOOL:${JSON.stringify({ name, input })}`;
const ops = async (host: ClaudeHost, ...words: string[]) => (await host.run(binary, words)).stdout;

test(
  "at a terminal the guard says who has the file, and when it is edited again the person decides",
  async () => {
    const { host, path } = await besideApple();
    await type(host, "first", call("Read", { file_path: path }));
    await see(host, "first", /done: .*one/);
    const edit = (text: string) => call("Edit", { file_path: path, old_string: "one", new_string: text });
    const text = () => readFileSync(path, "utf8");
    await type(host, "first", edit("two"));
    const told = await see(host, "first", /Error: PreToolUse:Edit[^]*asked to\s+confirm/);
    expect(told).toMatch(/session apple is editing\s+pears\.txt \(since/);
    expect(told).not.toContain("Do you want to make this edit");
    await type(host, "first", edit("three"));
    await see(host, "first", "Do you want to make this edit to pears.txt?");
    await answer(host, "Escape");
    expect(text()).toBe("one\n");
    // The stand-in takes what was refused for the answer to whatever is said next.
    await type(host, "first", "well then");
    await see(host, "first", /❯ well then[^]*done:/);
    await type(host, "first", edit("four"));
    await see(host, "first", "Do you want to make this edit to pears.txt?");
    await answer(host, "Enter");
    await see(host, "first", "has been updated");
    expect(text()).toBe("four\n");
    await type(host, "first", "RUN:git add -A && git commit -m all");
    expect(await see(host, "first", "Do you want to proceed?")).toMatch(
      /confirmation[^]*session apple is editing\s+pears\.txt \(since/,
    );
  },
  90_000,
);

test(
  "/ops:claims, /ops:handoff and /ops:end call their tools without asking, and do what they say",
  async () => {
    const { host, apple } = await besideApple();
    const tool = (name: string) => `mcp__plugin_ops_ops__${name}`;
    const command = async (name: string, toolName: string, input: object, said: string) => {
      await type(host, "first", `/ops:${name} ${call(tool(toolName), input)}`);
      const seen = await see(
        host,
        "first",
        new RegExp(`❯ /ops:${name}[^]*(done:[^]*${said}|Do you want to)`),
      );
      expect(seen).not.toContain("Do you want to");
    };
    await apple.end();
    await type(host, "first", call("Write", { file_path: join(host.work, "figs.txt"), content: "x" }));
    await see(host, "first", "Do you want to create figs.txt?");
    await answer(host, "Enter");
    await see(host, "first", "done:");
    expect(await ops(host, "guard", "list")).toMatch(/figs\.txt +pear/);

    await command("claims", "list_held_files", {}, "figs");
    await command("handoff", "hand_over", { topic: "figs", message: "half" }, "waitsAs");
    expect(await ops(host, "handoff", "list")).toMatch(/figs.*pear/);
    await command("end", "release_all", {}, "grants");
    expect(await ops(host, "guard", "list")).not.toContain("figs.txt");
  },
  60_000,
);
