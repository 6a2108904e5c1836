import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ClaudeHost, files } from "./claude_host.ts";
import { MessagesApi, textOf } from "./messages_api.ts";

async function host(): Promise<{ api: MessagesApi; host: ClaudeHost }> {
  const api = await MessagesApi.start();
  onTestFinished(() => api.stop());
  return { api, host: new ClaudeHost(api.url) };
}

test("two sessions at once each write only what is theirs, and nothing of the user's own", async () => {
  const { host: it } = await host();
  const both = await Promise.all(
    ["apple", "melon"].map((name) => it.session([name], ["-p", `I am ${name}`])),
  );
  expect(both).toMatchObject([{ status: 0, stdout: "understood\n" }, { status: 0, stdout: "understood\n" }]);
  expect(both.map(({ pid }) => pid).toSorted()).toEqual(
    it.records().map(({ identity }) => identity.pid).toSorted(),
  );
  for (const [own, other] of [["apple", "melon"], ["melon", "apple"]] as const) {
    const transcripts = it.transcripts(own);
    expect(transcripts).toEqual([expect.stringContaining(`/${it.record(own).id}.jsonl`)]);
    const text = files(it.directory(own)).filter((path) => !existsSync(path) || path.endsWith(".jsonl"));
    expect(readFileSync(transcripts[0]!, "utf8")).toContain(`I am ${own}`);
    expect(text.some((path) => existsSync(path) && readFileSync(path, "utf8").includes(`I am ${other}`)))
      .toBe(false);
    expect(existsSync(join(it.directory(own), ".claude.json"))).toBe(true);
  }
  expect(existsSync(join(it.home, ".claude.json"))).toBe(false);
  expect(existsSync(join(it.shared, "projects"))).toBe(false);
  expect(existsSync(join(it.shared, "history.jsonl"))).toBe(false);
}, 60_000);

test("an MCP server that is added in one session is unknown in the other and in the user's own", async () => {
  const { host: it } = await host();
  for (const name of ["apple", "melon"]) await it.session([name], ["-p", "hello"]);
  const added = await it.claude("apple", ["mcp", "add", "-s", "user", "orchard", "--", "/bin/cat"]);
  expect(added).toMatchObject({ status: 0 });
  expect((await it.claude("apple", ["mcp", "list"])).stdout).toContain("orchard");
  expect((await it.claude("melon", ["mcp", "list"])).stdout).toContain("No MCP servers configured");
  expect(existsSync(join(it.home, ".claude.json"))).toBe(false);
}, 60_000);

test("a conversation is resumed in its own session, by name, and in no other", async () => {
  const { api, host: it } = await host();
  for (const name of ["apple", "melon"]) await it.session([name], ["-p", `the word is ${name}-pie`]);
  const foreign = await it.claude("melon", ["--resume", it.record("apple").id, "-p", "which word?"]);
  expect(foreign).toMatchObject({ status: 1, stderr: expect.stringContaining("No conversation found") });
  const asked = api.requests.length;
  const own = await it.session(["--resume", "apple"], ["-p", "which word?"]);
  expect(own).toMatchObject({ status: 0, stdout: "understood\n" });
  expect(api.requests).toHaveLength(asked + 1);
  const text = textOf(api.requests.at(-1)!.body);
  expect(text).toContain("the word is apple-pie");
  expect(text).not.toContain("melon-pie");
  expect(it.transcripts("apple")).toHaveLength(1);
}, 60_000);

test("a skill, an agent and a command of the user are seen by both, and copied to neither", async () => {
  const { api, host: it } = await host();
  const put = (path: string, text: string) => {
    mkdirSync(join(it.shared, path, ".."), { recursive: true });
    writeFileSync(join(it.shared, path), text);
  };
  put("skills/jam/SKILL.md", "---\nname: jam\ndescription: Boils the marmalade\n---\nBoil it.\n");
  put("agents/quince.md", "---\nname: quince\ndescription: Knows of quinces\n---\nYou know quinces.\n");
  put("commands/pear.md", "---\ndescription: Peels a pear\n---\nPeel the pear: $ARGUMENTS\n");
  put("CLAUDE.md", "Always mention cherries.\n");
  for (const name of ["apple", "melon"]) {
    const before = api.requests.length;
    expect(await it.session([name], ["-p", "/pear slowly"])).toMatchObject({ status: 0 });
    const text = api.requests.slice(before).map(({ body }) => textOf(body)).join("\n");
    for (
      const word of [
        "Boils the marmalade",
        "Knows of quinces",
        "Peel the pear: slowly",
        "Always mention cherries",
      ]
    ) {
      expect(text).toContain(word);
    }
    expect(files(it.directory(name)).filter((path) => /SKILL|quince|pear/.test(path))).toEqual([]);
  }
}, 60_000);

test("tools run in the session's own config dir, without the variables of an outer session", async () => {
  const { api, host: it } = await host();
  Object.assign(it.env, {
    CLAUDECODE: "1",
    CLAUDE_CODE_CHILD_SESSION: "1",
    CLAUDE_CODE_SESSION_ID: "outer",
    CLAUDE_CODE_SIMPLE: "1",
  });
  const prompt = 'RUN:printf "%s|%s|%s" "$CLAUDE_CONFIG_DIR" "$CLAUDE_CODE_SESSION_ID" "$CLAUDE_CODE_SIMPLE"';
  await it.session(["apple"], ["--allowedTools", "Bash", "-p", prompt]);
  expect(textOf(api.requests.at(-1)!.body)).toContain(`${it.directory("apple")}|${it.record("apple").id}|`);
  expect(textOf(api.requests.at(-1)!.body)).not.toContain("|outer|");
  expect(it.transcripts("apple")).toHaveLength(1);
}, 60_000);
