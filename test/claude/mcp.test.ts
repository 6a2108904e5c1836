import { expect, onTestFinished, test } from "vitest";
import { ClaudeHost } from "./claude_host.ts";
import { Conversation } from "./conversation.ts";
import { MessagesApi } from "./messages_api.ts";

const allowed = ["--allowedTools", "mcp__plugin_ops_ops"];

test(
  "two real sessions agree by the tools that their plugin brings, and a killed one holds nothing",
  async () => {
    const api = await MessagesApi.start();
    onTestFinished(() => api.stop());
    const host = new ClaudeHost(api.url);
    const [apple, pear] = [
      new Conversation(host, ["apple"], allowed),
      new Conversation(host, ["pear"], allowed),
    ];
    const claim = (who: Conversation) => who.tool("mcp__plugin_ops_ops__claim", { name: "issue:15" });
    expect(await claim(apple)).toContain('\\"granted\\":true');
    expect(await claim(pear)).toMatch(/granted\\*":false.*by\\*":\\*"apple/);
    expect(await pear.tool("mcp__plugin_ops_ops__who_is_here", {})).toMatch(/you\\*":\\*"pear.*apple/);
    apple.child.kill("SIGKILL");
    await apple.ended;
    expect(await claim(pear)).toContain('\\"granted\\":true');
    await pear.end();
  },
  60_000,
);
