import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { git, repository } from "../process/repository.ts";
import { ClaudeHost } from "./claude_host.ts";
import { Conversation } from "./conversation.ts";
import { MessagesApi, textOf } from "./messages_api.ts";

async function start(): Promise<{ host: ClaudeHost; api: MessagesApi }> {
  const api = await MessagesApi.start();
  onTestFinished(() => api.stop());
  const host = new ClaudeHost(api.url);
  repository(host.work);
  return { host, api };
}

test(
  "an edit of a file that another session edits is stopped by name, until that one ends or is killed",
  async () => {
    const { host, api } = await start();
    const file = (name: string) => join(host.work, name);
    const text = (name: string) => readFileSync(file(name), "utf8");
    symlinkSync(".", file("link"));
    const apple = new Conversation(host, ["apple"]);
    await apple.tool("Write", { file_path: file("pears.txt"), content: "one\n" });
    expect(text("pears.txt")).toBe("one\n");

    const pear = new Conversation(host, ["pear"]);
    await pear.tool("Read", { file_path: file("pears.txt") });
    expect(api.requests.map(({ body }) => textOf(body)).find((said) => said.includes("You work beside")))
      .toMatch(/apple works in this worktree too|apple is editing files here/);
    const edit = { file_path: file("pears.txt"), old_string: "one", new_string: "two" };
    expect(await pear.tool("Edit", edit)).toMatch(
      /session apple is editing pears\.txt \(since \d\d:\d\d, last/,
    );
    // However the file is named.
    await pear.tool("Read", { file_path: file("link/pears.txt") });
    expect(await pear.tool("Edit", { ...edit, file_path: file("link/pears.txt") })).toContain(
      "session apple",
    );
    expect(await pear.tool("Write", { file_path: file("x/../pears.txt"), content: "x" })).toContain(
      "session apple",
    );
    expect(text("pears.txt")).toBe("one\n");
    // Others, and its own, go through.
    await pear.tool("Write", { file_path: file("plums.txt"), content: "mine\n" });
    expect(text("plums.txt")).toBe("mine\n");
    expect(await pear.tool("Bash", { command: "git add plums.txt && git commit -m plums" })).toContain(
      "session apple is editing pears.txt",
    );
    expect(git(host.work, "log", "--format=%s")).not.toContain("plums");

    await apple.end();
    await pear.tool("Edit", edit);
    expect(text("pears.txt")).toBe("two\n");

    const plum = new Conversation(host, ["plum"]);
    await plum.tool("Write", { file_path: file("figs.txt"), content: "one\n" });
    const figs = { ...edit, file_path: file("figs.txt") };
    await pear.tool("Read", { file_path: file("figs.txt") });
    expect(await pear.tool("Edit", figs)).toContain("session plum is editing figs.txt");
    plum.child.kill("SIGKILL");
    await plum.ended;
    await pear.tool("Edit", figs);
    expect(text("figs.txt")).toBe("two\n");
    await pear.end();
  },
  120_000,
);

test("what is committed is free, and a second worktree's file is another file", async () => {
  const { host } = await start();
  const tree = join(host.home, "tree");
  git(host.work, "worktree", "add", "-q", tree, "-b", "tree");
  const [here, there] = [join(host.work, "file"), join(tree, "file")];
  const apple = new Conversation(host, ["apple"], ["--allowedTools", "Bash"]);
  await apple.tool("Read", { file_path: here });
  await apple.tool("Edit", { file_path: here, old_string: "one", new_string: "two" });
  const pear = new Conversation(host, ["pear", "--project", tree], ["--add-dir", host.work]);
  await pear.tool("Read", { file_path: there });
  await pear.tool("Edit", { file_path: there, old_string: "one", new_string: "three" });
  expect(readFileSync(there, "utf8")).toBe("three\n");

  await pear.tool("Read", { file_path: here });
  const edit = { file_path: here, old_string: "two", new_string: "four" };
  expect(await pear.tool("Edit", edit)).toContain("session apple is editing");
  const identity = "-c user.name=a -c user.email=a@example.org";
  await apple.tool("Bash", { command: `git ${identity} commit -qam two` });
  expect(git(host.work, "log", "-1", "--format=%s")).toContain("two");
  await pear.tool("Edit", edit);
  expect(readFileSync(here, "utf8")).toBe("four\n");
}, 90_000);

test("with the policy warn an edit goes through, and both sessions hear of it", async () => {
  const { host, api } = await start();
  const config = join(host.home, ".config/claude-ops");
  await host.run("/bin/mkdir", ["-p", config]);
  writeFileSync(join(config, "config.toml"), `[guard.projects]\n"~/work" = "warn"\n`);
  const [apple, pear] = [new Conversation(host, ["apple"]), new Conversation(host, ["pear"])];
  const path = join(host.work, "pears.txt");
  await apple.tool("Write", { file_path: path, content: "one\n" });
  await pear.tool("Read", { file_path: path });
  await pear.tool("Edit", { file_path: path, old_string: "one", new_string: "two" });
  expect(readFileSync(path, "utf8")).toBe("two\n");
  await apple.tool("Write", { file_path: join(host.work, "other.txt"), content: "x" });
  const said = api.requests.map(({ body }) => textOf(body));
  expect(said.find((text) => text.includes("session apple is editing pears.txt"))).toBeDefined();
  expect(said.find((text) => text.includes("session pear has just edited"))).toBeDefined();
  expect(existsSync(join(host.work, "other.txt"))).toBe(true);
}, 60_000);
