import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { complete } from "../../src/cli/complete.ts";
import { defineCommand, type Table } from "../../src/cli/command.ts";
import { sshHosts } from "../../src/cli/ssh_hosts.ts";

const run = () => Promise.resolve({ data: null });
const table: Table = [{
  title: "All",
  entries: [
    defineCommand({
      name: "install",
      summary: "Install",
      args: [{ name: "TARGET", summary: "Hosts", optional: true, variadic: true }],
      options: {
        check: { type: "boolean", summary: "Check" },
        channel: {
          type: "string",
          short: "c",
          value: "NAME",
          summary: "Channel",
          choices: ["latest", "stable"],
        },
        binary: { type: "string", value: "FILE", summary: "Binary" },
        tag: { type: "string", value: "TAG", summary: "Tag", multiple: true },
        inner: { type: "boolean", summary: "Inner", hidden: true },
      },
      rest: { name: "ARGS", summary: "Passed on" },
      examples: [],
      run,
    }),
    {
      name: "session",
      summary: "Sessions",
      commands: [
        defineCommand({
          name: "session attach",
          summary: "Attach",
          args: [{ name: "SESSION", summary: "Which" }],
          examples: [],
          run,
        }),
        defineCommand({ name: "session secret", summary: "Secret", examples: [], hidden: true, run }),
      ],
    },
    defineCommand({ name: "__inner", summary: "Inner", examples: [], hidden: true, run }),
  ],
}];
const names = {
  hosts: () => Promise.resolve(["devbox", "staging"]),
  sessions: () => Promise.resolve(["login", "shop"]),
};

async function offered(line: string): Promise<string[] | string> {
  const completion = await complete(table, line.split(" "), names);
  return "paths" in completion ? completion.paths : completion.words.map(({ value }) => value);
}

test("commands and groups come first, hidden ones never", async () => {
  expect(await offered("")).toEqual(["install", "session", "help"]);
  expect(await offered("ins")).toEqual(["install"]);
  expect(await offered("session ")).toEqual(["attach"]);
  expect(await offered("help session ")).toEqual(["attach"]);
  expect(await offered("help ")).toEqual(["install", "session"]);
  expect(await offered("--json ses")).toEqual(["session"]);
  expect(await offered("frobnicate ")).toEqual([]);
});

test("options are offered once, repeatable ones again, hidden ones never", async () => {
  expect(await offered("install --")).toEqual([
    "--check",
    "--channel",
    "--binary",
    "--tag",
    "--json",
    "--verbose",
    "--help",
    "--",
  ]);
  expect(await offered("install --check --tag x --ch")).toEqual(["--channel"]);
  expect(await offered("install --check --tag x --t")).toEqual(["--tag"]);
});

test("the value of an option completes after a space, after = and after its letter", async () => {
  expect(await offered("install --channel s")).toEqual(["stable"]);
  expect(await offered("install --channel=s")).toEqual(["--channel=stable"]);
  expect(await offered("install -c ")).toEqual(["latest", "stable"]);
  expect(await offered("install --binary x")).toBe("files");
  expect(await offered("install --binary=x")).toBe("files");
  expect(await offered("install --tag ")).toEqual([]);
  expect(await offered("install --check=")).toEqual([]);
  expect(await offered("install --constructor=")).toEqual([]);
});

test("hosts complete for a TARGET with its user, sessions for a SESSION, files behind --", async () => {
  expect(await offered("install dev")).toEqual(["devbox"]);
  expect(await offered("install --check one root@s")).toEqual(["root@staging"]);
  expect(await offered("session attach l")).toEqual(["login"]);
  expect(await offered("session attach login ")).toEqual([]);
  expect(await offered("install x -- --a")).toBe("files");
});

test("hosts are those of the SSH configuration and what it includes, without patterns", () => {
  const home = mkdtempSync(join(tmpdir(), "claude-ops-ssh-"));
  try {
    mkdirSync(join(home, ".ssh/conf.d"), { recursive: true });
    const config = join(home, ".ssh/config");
    writeFileSync(
      config,
      'Include conf.d/* ~/.ssh/extra missing\nHost a "b c" *.x !no ?q # note\n  HostName h\nhost=d\nMatch host z\n',
    );
    writeFileSync(join(home, ".ssh/conf.d/1"), "Host inner a\n");
    writeFileSync(join(home, ".ssh/extra"), "Host extra\nInclude config\n");
    expect(sshHosts(config, home).sort()).toEqual(["a", "b c", "d", "extra", "inner"]);
    expect(sshHosts(join(home, "none"), home)).toEqual([]);
  } finally {
    rmSync(home, { recursive: true });
  }
});
