import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SessionHost } from "../unit/session_host.ts";
import { Terminal } from "./terminal.ts";
import { selfCommand } from "../../src/runtime/self.ts";

const secret = "s3cr3t-value";
const orchard = { type: "stdio", command: "/bin/cat", args: ["--key", secret], env: { TOKEN: secret } };
const web = {
  type: "http",
  url: `https://user:${secret}@mcp.example/${secret}?k=${secret}`,
  headers: { Authorization: secret },
};
/** What Claude Code keeps for itself, and what counts no more. */
const noise = {
  userID: "u",
  machineID: "m",
  numStartups: 3,
  oauthAccount: { emailAddress: "a@example.com" },
  customApiKeyResponses: { approved: [secret], rejected: [] },
  cachedFeatureFlags: { a: 1 },
  tipsHistory: { tip: 1 },
  env: { TOKEN: secret },
  autoUpdates: false,
  bypassPermissionsModeAccepted: true,
};

interface Config {
  mcpServers?: unknown;
  projects?: Record<string, unknown>;
  [key: string]: unknown;
}

class ShareHost extends SessionHost {
  constructor(body = "exit 0") {
    super(body);
  }

  /** A new session of that name, and what Claude Code would have written in it. */
  async begin(name: string, config: Config = {}, ...words: string[]): Promise<string> {
    const before = new Set(this.ids);
    // Who works beside it is no matter here.
    expect(await this.run("session", "start", name, ...words)).toMatchObject({ status: 0 });
    const directory = this.directory(this.ids.find((id) => !before.has(id))!);
    this.write(directory, config);
    return directory;
  }

  write(directory: string, config: Config): void {
    const path = join(directory, ".claude.json");
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...config }));
  }

  config(directory: string): Config {
    return JSON.parse(readFileSync(join(directory, ".claude.json"), "utf8"));
  }

  get shared(): Config {
    return JSON.parse(readFileSync(this.layout.decisions, "utf8"));
  }

  async diff(name: string) {
    const { stdout } = await this.run("session", "diff", name, "--json");
    return JSON.parse(stdout);
  }
}

test(
  "what is shared from one session is in those that start then, and in others when they are resumed",
  async () => {
    const host = new ShareHost();
    const early = await host.begin("early", { copyOnSelect: true, mcpServers: { mine: { command: "m" } } });
    await host.begin("apple", {
      ...noise,
      mcpServers: { orchard },
      copyOnSelect: false,
      projects: {
        [host.work]: {
          hasTrustDialogAccepted: true,
          hasClaudeMdExternalIncludesApproved: true,
          mcpServers: { local: { command: "l" } },
          allowedTools: ["Bash"],
          enabledMcpjsonServers: ["x"],
          lastCost: 1,
        },
        "/elsewhere": { mcpServers: { far: { command: "f" } } },
      },
    });
    expect(await host.run("session", "share", "apple", "--yes")).toMatchObject({ status: 0, stderr: "" });
    const given = {
      mcpServers: { orchard },
      copyOnSelect: false,
      projects: {
        [host.work]: {
          hasTrustDialogAccepted: true,
          hasClaudeMdExternalIncludesApproved: true,
          mcpServers: { local: { command: "l" } },
        },
      },
    };
    const { projects: { [host.work]: here }, ...rest } = given;
    const { hasTrustDialogAccepted: _, ...untrusted } = here as Record<string, unknown>;
    expect(host.shared).toEqual({
      format: 1,
      ...rest,
      projects: { [host.work]: untrusted, "/elsewhere": { mcpServers: { far: { command: "f" } } } },
    });
    expect(readFileSync(host.layout.trust, "utf8").trim()).toBe(JSON.stringify(host.work));

    expect(host.config(await host.begin("melon"))).toEqual({
      hasCompletedOnboarding: true,
      hasSeenAutoDefaultNotice: true,
      ...given,
    });
    // What it has decided itself stays.
    const before = host.config(early);
    expect(await host.run("session", "start", "--resume", "early")).toMatchObject({ status: 0, stderr: "" });
    expect(host.config(early)).toEqual({
      ...before,
      ...given,
      copyOnSelect: true,
      mcpServers: { mine: { command: "m" }, orchard },
    });
    expect(lstatSync(join(early, ".claude.json")).mode & 0o777).toBe(0o600);
    expect(readdirSync(early).filter((name) => /lock|tmp/.test(name))).toEqual([]);
    expect(existsSync(join(host.home, ".claude.json"))).toBe(false);

    const elsewhere = join(host.home, "elsewhere");
    mkdirSync(elsewhere);
    expect(host.config(await host.begin("far", {}, "--project", elsewhere)).projects).toEqual({});
  },
  30_000,
);

test("nothing that Claude Code keeps for itself is a difference, and no secret is ever shown", async () => {
  const host = new ShareHost();
  await host.begin("apple", { ...noise, mcpServers: { orchard, web, ["__proto__"]: { command: secret } } });
  await host.begin("melon", {
    mcpServers: { orchard: { ...orchard, env: { TOKEN: "another", MORE: secret } } },
  });
  const { differences } = await host.diff("apple");
  expect(differences).toEqual([
    {
      key: "mcp:orchard",
      kind: "mcp",
      side: "here",
      here: "stdio /bin/cat, 2 arguments, env TOKEN",
      shared: null,
    },
    {
      key: "mcp:web",
      kind: "mcp",
      side: "here",
      here: "http https://mcp.example/…, headers Authorization",
      shared: null,
    },
  ]);
  const said: string[] = [];
  for (
    const words of [
      ["diff"],
      ["diff", "apple"],
      ["share", "apple"],
      ["share", "apple", "mcp:orchard", "--yes", "--verbose"],
      ["share", "apple", "--yes", "--json"],
      ["diff", "melon"],
      ["diff", "melon", "--json"],
      ["share", "melon", "--yes"],
      ["share", "melon", "mcp:orchard", "--yes"],
      ["share", "melon", "mcp:orchard", "--replace", "--yes"],
    ]
  ) {
    const { stdout, stderr } = await host.run("session", ...words);
    said.push(stdout + stderr);
  }
  expect(said.join("")).not.toContain(secret);
  expect(said[5]).toContain("env TOKEN MORE here");
  expect(said[5]).toContain("(not alike: env TOKEN, env MORE)");
  expect(said[8]).toContain(
    "mcp:orchard of session melon is not what is shared under that name (env TOKEN, env MORE)",
  );
}, 30_000);

test(
  "of two servers under one name the shared one stays, until the other is named to replace it",
  async () => {
    const host = new ShareHost();
    await host.begin("apple", { mcpServers: { orchard } });
    await host.begin("melon", { mcpServers: { orchard: { command: "other" }, plum: { command: "p" } } });
    await host.run("session", "share", "apple", "--yes");
    const all = await host.run("session", "share", "melon", "--yes", "--json");
    expect(JSON.parse(all.stdout)).toMatchObject({
      shared: ["mcp:plum"],
      replaced: [],
      conflicts: ["mcp:orchard"],
    });
    expect(host.shared.mcpServers).toEqual({ orchard, plum: { command: "p" } });
    const named = await host.run("session", "share", "melon", "mcp:orchard", "--yes");
    expect(named).toMatchObject({ status: 1, stderr: expect.stringContaining("--replace") });
    expect(await host.run("session", "share", "melon", "--replace", "--yes")).toMatchObject({ status: 2 });
    expect(host.shared.mcpServers).toMatchObject({ orchard });
    expect(await host.run("session", "share", "melon", "mcp:orchard", "--replace", "--yes")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("replaced mcp:orchard"),
    });
    expect(host.shared.mcpServers).toMatchObject({ orchard: { command: "other" } });
  },
  30_000,
);

test("a key that is not there is named with the one that was meant, and nothing is shared", async () => {
  const host = new ShareHost();
  await host.begin("apple", { mcpServers: { orchard } });
  expect(await host.run("session", "share", "apple", "mcp:orchrd", "--yes")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("did you mean mcp:orchard?"),
  });
  expect(existsSync(host.layout.decisions)).toBe(false);
});

test("where nobody can be asked nothing is shared without --yes", async () => {
  const host = new ShareHost();
  await host.begin("apple", { mcpServers: { orchard } });
  expect(await host.run("session", "share", "apple")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("--yes"),
  });
  expect(existsSync(host.layout.decisions)).toBe(false);
});

test("a person is shown what would be shared and asked, and no means no", async () => {
  const host = new ShareHost();
  await host.begin("apple", { mcpServers: { orchard }, copyOnSelect: false });
  const terminal = new Terminal(host.env, host.work);
  terminal.type([...selfCommand(), "session", "share", "apple"].join(" "));
  const asked = await terminal.see("Share these 2 with all sessions? (yes/no)");
  expect(asked).toContain("+ mcp:orchard              stdio /bin/cat, 2 arguments, env TOKEN");
  expect(asked).toContain("+ preference:copyOnSelect  false");
  terminal.type("no");
  await terminal.see("nothing was shared");
  expect(existsSync(host.layout.decisions)).toBe(false);
  terminal.type(`clear; ${[...selfCommand(), "session", "share", "apple", "mcp:orchard"].join(" ")}`);
  await terminal.see("Share this with all sessions?");
  terminal.type("yes");
  await terminal.see("shared mcp:orchard");
  expect(host.shared).toEqual({ format: 1, mcpServers: { orchard } });
}, 30_000);

test("a live session is offered what is shared, and its config is not written", async () => {
  const host = new ShareHost("echo ready; exec sleep 100");
  const child = host.spawn("session", "start", "melon");
  await new Promise((resolve) => child.stdout!.once("data", resolve));
  const melon = host.directory();
  const before = lstatSync(join(melon, ".claude.json"));
  writeFileSync(host.env.CLAUDE_OPS_CLAUDE!, "#!/bin/sh\nexit 0\n", { mode: 0o755 });
  await host.begin("apple", { mcpServers: { orchard } });
  await host.run("session", "share", "apple", "--yes");
  expect(await host.diff("melon")).toMatchObject({
    live: true,
    differences: [{ key: "mcp:orchard", side: "shared", here: null }],
  });
  expect((await host.run("session", "diff")).stdout).toContain("- mcp:orchard");
  const after = lstatSync(join(melon, ".claude.json"));
  expect({ ino: after.ino, mtimeMs: after.mtimeMs }).toEqual({ ino: before.ino, mtimeMs: before.mtimeMs });
}, 30_000);

test("a refused import and a held lock of Claude Code are respected on resume", async () => {
  const host = new ShareHost();
  const apple = await host.begin("apple", {
    mcpServers: { orchard },
    projects: { [host.work]: { hasClaudeMdExternalIncludesApproved: true } },
  });
  const refused = {
    hasClaudeMdExternalIncludesApproved: false,
    hasClaudeMdExternalIncludesWarningShown: true,
  };
  const melon = await host.begin("melon", { projects: { [host.work]: refused } });
  await host.run("session", "share", "apple", "--yes");
  const before = host.config(melon);
  mkdirSync(join(melon, ".claude.json.lock"));
  expect(await host.run("session", "start", "--resume", "melon")).toMatchObject({ status: 0, stderr: "" });
  expect(host.config(melon)).toEqual(before);
  rmSync(join(melon, ".claude.json.lock"), { recursive: true });
  await host.run("session", "start", "--resume", "melon");
  expect(host.config(melon)).toEqual({ ...before, mcpServers: { orchard } });
  expect(host.config(apple)).toMatchObject({ mcpServers: { orchard } });
}, 30_000);

test("a damaged shared file stops no start, and is said and kept", async () => {
  const host = new ShareHost();
  await host.begin("apple", { mcpServers: { orchard } });
  writeFileSync(host.layout.decisions, "{");
  const started = await host.run("session", "start", "melon");
  expect(started).toMatchObject({
    status: 0,
    stderr: expect.stringContaining("starts without what you shared"),
  });
  for (const words of [["diff"], ["diff", "apple"], ["share", "apple", "--yes"]]) {
    expect(await host.run("session", ...words)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("shared.json: no complete JSON"),
    });
  }
  expect(readFileSync(host.layout.decisions, "utf8")).toBe("{");
}, 30_000);

test("a session that cannot be read is said so, and the others are shown", async () => {
  const host = new ShareHost();
  const apple = await host.begin("apple");
  const melon = await host.begin("melon", { copyOnSelect: false });
  writeFileSync(join(apple, ".claude.json"), "{");
  rmSync(join(melon, "settings.json"));
  writeFileSync(join(melon, "settings.json"), "{}");
  renameSync(join(melon, "agents"), join(melon, "moved"));
  const { stdout } = await host.run("session", "diff");
  expect(stdout).toContain("cannot read what session apple has");
  expect(stdout).toContain("+ preference:copyOnSelect  false");
  expect(stdout).toContain("! settings.json  is this session's own");
  expect(stdout).not.toContain("agents");
  expect(await host.run("session", "diff", "apple")).toMatchObject({ status: 1 });
}, 30_000);
