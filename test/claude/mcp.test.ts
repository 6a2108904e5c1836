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

test(
  "what one real session saves another one finds, each knows whose it is, and the next start is told",
  async () => {
    const api = await MessagesApi.start();
    onTestFinished(() => api.stop());
    const host = new ClaudeHost(api.url);
    const [apple, pear] = [
      new Conversation(host, ["apple"], allowed),
      new Conversation(host, ["pear"], allowed),
    ];
    const memory = (who: Conversation, what: string, input: object) =>
      who.tool(`mcp__plugin_ops_ops__memory_${what}`, input);
    const [one, other] = await Promise.all([
      memory(apple, "save", { text: "getUserName lower-cases its argument", tags: ["gotcha"] }),
      memory(pear, "save", { text: "The login form is done" }),
    ]);
    expect(`${one}${other}`).toMatch(/id\\*":[12].*id\\*":[12]/);
    expect(await memory(pear, "search", { query: "get_user_name" })).toMatch(
      /getUserName lower-cases.*by\\*":\\*"apple/,
    );
    expect(await memory(apple, "search", { query: "how far is sign in?" })).toMatch(
      /login form is done.*by\\*":\\*"pear/,
    );
    expect(await memory(apple, "search", { query: "***" })).toMatch(/no word to search for/);
    await Promise.all([apple.end(), pear.end()]);
    const fig = new Conversation(host, ["fig"], allowed);
    const before = api.requests.length;
    await fig.say("hello");
    expect(JSON.stringify(api.requests.slice(before).map(({ body }) => body))).toMatch(
      /Remembered by sessions.*getUserName lower-cases its argument/,
    );
    await fig.end();
  },
  90_000,
);
