import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Failure } from "../../src/errors.ts";
import { sshSettings } from "../../src/remote/settings.ts";
import { parseTarget } from "../../src/remote/target.ts";
import { scratchForAll } from "./scratch.ts";

// Where ssh reads no HOME: its home is the one in passwd.
const home = execFileSync("getent", ["passwd", String(process.getuid!())], { encoding: "utf8" }).split(
  ":",
)[5]!;
const scratch = scratchForAll();
mkdirSync(join(scratch, "inc"));
const file = (name: string, text: string) => {
  const path = join(scratch, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};
file("inc/10-user", "User from-include\n");
file("inc/20-nested", "Host box\n  Port 2020\nHost *\n  ConnectTimeout 20\n");
file("deep", `Include ${scratch}/inc/*\n`);

function ssh(config: string, target: string, extra: string[] = []): Map<string, string[]> {
  const output = execFileSync("ssh", ["-G", "-F", config, ...extra, target], {
    encoding: "utf8",
    stdio: "pipe",
  });
  const values = new Map<string, string[]>();
  for (const line of output.split("\n")) {
    const [keyword, ...rest] = line.split(" ");
    values.set(keyword!, [...(values.get(keyword!) ?? []), rest.join(" ")]);
  }
  return values;
}

/** The files ssh would really try, tokens and all: the oracle that `ssh -G` is not. */
function identityFiles(config: string, target: string): string[] {
  const args = ["-v", "-F", config, "-o", "ProxyJump=none", "-o", "ProxyCommand=false", target];
  let output = "";
  try {
    execFileSync("ssh", args, { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    output = (error as { stderr: string }).stderr;
  }
  return [...output.matchAll(/identity file (.*) type/g)].map(([, path]) => path!).filter((path) =>
    !path.endsWith("-cert")
  );
}

const configs: [string, string, string][] = [
  ["nothing", "", "Box.Example"],
  [
    "an alias",
    "Host box\n HostName 10.1.2.3\n User deploy\n Port 2222\nHost *\n User other\n Port 1\n",
    "box",
  ],
  ["the target's own user and port", "Host *\n User other\n Port 1\n", "me@box:99"],
  ["first value wins", "User first\nHost box\n User second\n HostName a\nHost b*\n HostName b\n", "box"],
  ["negation", "Host * !box\n User no\nHost *.lan !db.lan\n User lan\nHost ?o?\n User three\n", "box"],
  ["case", "hOsT BOX\n UsEr upper\nHOST box\n uSER lower\n HOSTNAME UPPER.example\n", "box"],
  [
    "equals, quotes, comments",
    '# c\nHost=box\n  User = "q u"\n\tPort=\t2201\n  HostName h.example # why\n',
    "box",
  ],
  [
    "identity files",
    'Host *\n IdentityFile ~/.ssh/a\n IdentityFile "/x y/b"\nHost box\n IdentityFile /c\n IdentityFile /c\n',
    "box",
  ],
  [
    "tokens",
    "Host box\n HostName %h.example\n User deploy\n IdentityFile ~/k/%r@%h:%p-%u-%n\n IdentityFile %d/100%%\n",
    "box",
  ],
  [
    "known hosts",
    "UserKnownHostsFile ~/a /b\nGlobalKnownHostsFile /c\nHashKnownHosts yes\nHostKeyAlias other\n",
    "box",
  ],
  ["times", "ConnectTimeout 1m30\nServerAliveInterval 2m\nServerAliveCountMax 5\n", "box"],
  ["strict yes", "StrictHostKeyChecking yes\nIdentitiesOnly yes\nIdentityAgent none\n", "box"],
  ["strict off", "StrictHostKeyChecking off\nIdentityAgent ~/agent.sock\n", "box"],
  ["strict accept-new", "StrictHostKeyChecking accept-new\n", "box"],
  ["include", `Include ${scratch}/inc/*\nUser late\n`, "box"],
  [
    "include in a block that is not ours",
    `Host other\n Include ${scratch}/inc/*\nHost box\n User mine\n`,
    "box",
  ],
  [
    "include in our block",
    `Host box\n Include ${scratch}/deep\n HostName after\nHost *\n HostName no\n`,
    "box",
  ],
  ["include of nothing", `Include ${scratch}/none/* "${scratch}/inc/10-user"\n`, "box"],
  [
    "match",
    "Host box\n HostName real.example\nMatch host real.* user root\n Port 7\nMatch all\n Port 8\n",
    "root@box",
  ],
  [
    "match of the original name",
    "Match originalhost b*,!bad user x\n Port 7\nMatch !host box\n Port 9\n",
    "x@box",
  ],
  [
    "an undecidable match without anything of ours",
    'Match exec "exit 1"\n ForwardAgent yes\nMatch final\n Compression yes\n',
    "box",
  ],
  ["proxy switched off", "Host box\n ProxyJump none\nHost *\n ProxyJump gate\n", "box"],
  ["carriage returns", "Host box\r\n  User dos\r\n", "box"],
];

test.each(configs)("the same as ssh -G: %s", async (name, text, target) => {
  const config = file(name.replaceAll(/\W/g, "-"), text);
  const parsed = parseTarget(target);
  const options: string[] = [];
  if (parsed.port) options.push("-p", String(parsed.port));
  const real = ssh(config, target.replace(/:\d+$/, ""), options);
  const ours = await sshSettings(parsed, { configFile: config, home, env: {} });
  const one = (keyword: string) => real.get(keyword)?.[0] ?? "";
  expect(ours).toMatchObject({
    ...{ hostName: one("hostname"), user: one("user"), port: Number(one("port")) },
    identitiesOnly: one("identitiesonly") === "yes",
    hashKnownHosts: one("hashknownhosts") === "yes",
    userKnownHostsFiles: one("userknownhostsfile").split(" "),
    globalKnownHostsFiles: one("globalknownhostsfile").split(" "),
    strictHostKeyChecking: { true: "yes", false: "accept-new" }[one("stricthostkeychecking")] ??
      one("stricthostkeychecking"),
    serverAliveCountMax: Number(one("serveralivecountmax")),
    // Where ssh has no limit, we have one.
    connectTimeout: one("connecttimeout") === "none" ? 10 : Number(one("connecttimeout")),
    serverAliveInterval: Number(one("serveraliveinterval")) || 15,
  });
  expect(ours.hostKeyAlias ?? "").toBe(one("hostkeyalias"));
  if (real.has("identityagent")) expect(ours.identityAgent ?? "none").toBe(one("identityagent"));
  if (text.includes("IdentityFile")) {
    expect(ours.identityFiles).toEqual(identityFiles(config, target.replace(/:\d+$/, "")));
  }
});

test("without IdentityFile the usual three keys are tried, of the given home", async () => {
  const { identityFiles } = await sshSettings(parseTarget("box"), {
    configFile: "none",
    home: "/h",
    env: {},
  });
  expect(identityFiles).toEqual(["/h/.ssh/id_ed25519", "/h/.ssh/id_ecdsa", "/h/.ssh/id_rsa"]);
});

test("~/.ssh/config is read from the home, and its includes from ~/.ssh", async () => {
  mkdirSync(join(scratch, ".ssh/conf.d"), { recursive: true });
  file(".ssh/config", "Include conf.d/*\n");
  file(".ssh/conf.d/box", "Host box\n User included\n");
  expect(await sshSettings(parseTarget("box"), { home: scratch, env: {} })).toMatchObject({
    user: "included",
  });
});

test("the agent comes from the environment unless it is configured away", async () => {
  const env = { SSH_AUTH_SOCK: "/agent", OTHER: "/other" };
  const agentOf = async (text: string) =>
    (await sshSettings(parseTarget("box"), { configFile: file("agent", text), env })).identityAgent;
  expect(await agentOf("")).toBe("/agent");
  expect(await agentOf("IdentityAgent none\n")).toBeUndefined();
  expect(await agentOf("IdentityAgent $OTHER\n")).toBe("/other");
  expect(await agentOf("IdentityAgent ${OTHER}\n")).toBe("/other");
});

test.each([
  ["a jump to nowhere", "Host box\n ProxyJump a@\n", /ProxyJump cannot be/],
  ["two values for one", "Port 1 2\n", /line 1 cannot be read: Port 1 2/],
  ["a name to be completed", "CanonicalizeHostname yes\n", /canonicalizehostname yes is nothing/],
  [
    "a match that decides over us and cannot be judged",
    'Match localnetwork "10.0.0.0/8"\n HostName evil\n',
    /line 2: HostName depends/,
  ],
  ["a value left out", "Host box\n  Port\n", /line 2 cannot be read: Port/],
  ["an open quote", 'User "root\n', /line 1 cannot be read/],
  ["a port that is none", "Port ssh\n", /Port cannot be "ssh"/],
  ["an unknown token", "IdentityFile /k/%q\n", /IdentityFile cannot be "%q"/],
  ["a wrong time", "ConnectTimeout soon\n", /ConnectTimeout cannot be "soon"/],
  ["an endless include", `Include ${scratch}/loop\n`, /deeper than 16/],
])("a configuration with %s is a Failure", async (_name, text, message) => {
  const config = file(_name.includes("include") ? "loop" : "bad", text);
  const failing = sshSettings(parseTarget("box"), { configFile: config, env: {} });
  await expect(failing).rejects.toThrow(message);
  await expect(failing).rejects.toBeInstanceOf(Failure);
});

test("a missing -F file and a configuration that others can write are refused", async () => {
  await expect(sshSettings(parseTarget("box"), { configFile: join(scratch, "no") })).rejects.toThrow(
    /cannot read/,
  );
  const open = join(scratch, "open");
  mkdirSync(join(open, ".ssh"), { recursive: true });
  writeFileSync(join(open, ".ssh/config"), "User x\n", { mode: 0o666 });
  execFileSync("chmod", ["666", join(open, ".ssh/config")]);
  await expect(sshSettings(parseTarget("box"), { home: open })).rejects.toThrow(/written by others/);
});
