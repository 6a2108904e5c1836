import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sshSettings } from "../../src/remote/settings.ts";
import { readSshConfig } from "../../src/remote/ssh_config.ts";
import { parseTarget } from "../../src/remote/target.ts";
import { forAll, random } from "./generated.ts";
import { scratchForAll } from "./scratch.ts";

// Configurations put together at random, and what the real ssh makes of each.

const scratch = scratchForAll();
mkdirSync(join(scratch, "inc"));

const VALUES: Record<string, string[]> = {
  HostName: ["real.lan", "%h.example", "10.9.8.7", "UPPER.Example", "fe80::1", "h%%h"],
  User: ["deploy", "root", '"two words"', "Ops"],
  Port: ["22", "2222", "65535"],
  IdentityFile: ["~/.ssh/a", "%d/%r@%h:%p", '"/x y/%n"', "none", "/k/%u-%i-%k-%L"],
  IdentitiesOnly: ["yes", "no", "true"],
  AddressFamily: ["any", "inet", "INET6"],
  BindAddress: ["127.0.0.9"],
  BatchMode: ["yes", "no"],
  PreferredAuthentications: ["password,publickey", "keyboard-interactive", "publickey,gssapi-with-mic"],
  PubkeyAuthentication: ["yes", "no", "unbound"],
  PasswordAuthentication: ["yes", "no"],
  KbdInteractiveAuthentication: ["yes", "no"],
  NumberOfPasswordPrompts: ["1", "5"],
  StrictHostKeyChecking: ["yes", "no", "off", "ask", "accept-new"],
  UserKnownHostsFile: ["none", "/a /b", '~/k "/with space"', "/per/%n"],
  GlobalKnownHostsFile: ["/g", "/g1 /g2"],
  HostKeyAlias: ["alias", "Alias.B"],
  HashKnownHosts: ["yes", "no"],
  ConnectTimeout: ["7", "1m", "none"],
  ServerAliveInterval: ["20", "1m5s"],
  ServerAliveCountMax: ["1", "9"],
  ProxyJump: ["none", "gate", "me@gate:2200,[::1]:33", "ssh://op@gate:9"],
  ProxyCommand: ["none", "nc %h %p", 'sh -c "exec nc %h %p" # %n as %r'],
  Tag: [],
};
delete VALUES.Tag; // OpenSSH 9.4 and later
const TARGETS = ["box", "Box.LAN", "db.lan", "10.0.0.1", "::1", "me@box", "root@db.lan"];
const PATTERNS = ["*", "b?x", "*.lan", "!db.*", "10.*", "box,db", "::1", "BOX", "real.*", "*.example"];
const CRITERIA = [
  ...["all", "final", "canonical", "!final", "host real.*,box", "!host *.LAN", "originalhost b*,!bad"],
  ...["user root,deploy", "!user me", "localuser root", "localuser nobody"],
  ...[
    "exec true",
    "exec false",
    '!exec "test %h = box"',
    'exec "test %n:%p:%r = box:22:me -o %h = real.lan"',
  ],
];

function generate(next: () => number, seed: number): string {
  const one = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const lines: string[] = [];
  const settings = () => {
    for (let n = 1 + Math.floor(next() * 4); n > 0; n--) {
      const keyword = one(Object.keys(VALUES));
      const written = next() < 0.2 ? keyword.toUpperCase() : keyword;
      lines.push(`${one(["", "  ", "\t"])}${written}${one([" ", "=", "  = "])}${one(VALUES[keyword]!)}`);
    }
  };
  if (next() < 0.3) settings();
  for (let n = 1 + Math.floor(next() * 4); n > 0; n--) {
    const criterion = one(CRITERIA);
    const second = /all/.test(criterion) || next() < 0.6 ? "" : ` ${one(CRITERIA.slice(1))}`;
    if (next() < 0.5) lines.push(`Match ${criterion}${second}`);
    else lines.push(`Host ${one(PATTERNS)} ${next() < 0.3 ? one(PATTERNS) : ""}`);
    settings();
    if (next() < 0.2) {
      const file = join(scratch, "inc", `${seed}-${n}`);
      writeFileSync(file, `${one(["", "Host b*\n", "Match user me\n"])}User included\nPort 77\n`, {
        mode: 0o600,
      });
      lines.push(`Include ${next() < 0.5 ? file : `${scratch}/inc/${seed}-*`}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

async function compare(seed: number): Promise<void> {
  const next = random(seed);
  const text = generate(next, seed);
  const target = TARGETS[Math.floor(next() * TARGETS.length)]!;
  const configFile = join(scratch, String(seed));
  writeFileSync(configFile, text, { mode: 0o600 });
  const real = new Map<string, string[]>();
  const output = execFileSync("ssh", ["-G", "-F", configFile, target], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, SHELL: "/bin/sh" },
  });
  for (const line of output.split("\n")) {
    const [keyword, ...rest] = line.split(" ");
    real.set(keyword!, [...(real.get(keyword!) ?? []), rest.join(" ")]);
  }
  const one = (keyword: string) => real.get(keyword)?.[0];
  const options = { configFile, env: { SHELL: "/bin/sh" } };
  const parsed = parseTarget(target);
  const ours = await sshSettings(parsed, options);
  const values = await readSshConfig(parsed, options);
  const words: Record<string, string> = { true: "yes", false: "accept-new" };
  const tokens: Record<string, string> = {
    h: ours.hostName,
    n: parsed.alias,
    p: one("port")!,
    r: one("user")!,
  };
  const list = (keyword: string) => one(keyword)!.split(" ").filter((file) => file !== "none");
  expect(
    { ...ours, rawFiles: values.get("identityfile"), proxy: undefined },
    `seed ${seed}, ${target}\n${text}`,
  )
    .toMatchObject({
      ...{ hostName: one("hostname"), user: one("user"), port: Number(one("port")) },
      ...(values.has("identityfile") ? { rawFiles: real.get("identityfile") } : {}),
      identitiesOnly: one("identitiesonly") === "yes",
      hashKnownHosts: one("hashknownhosts") === "yes",
      batchMode: one("batchmode") === "yes",
      addressFamily: { any: 0, inet: 4, inet6: 6 }[one("addressfamily")!],
      passwordPrompts: Number(one("numberofpasswordprompts")),
      strictHostKeyChecking: words[one("stricthostkeychecking")!] ?? one("stricthostkeychecking"),
      serverAliveCountMax: Number(one("serveralivecountmax")),
      connectTimeout: Number(one("connecttimeout")) || 10,
      // 300 is what Debian's ssh makes of BatchMode.
      serverAliveInterval: Number(one("serveraliveinterval")!.replace(/^300$/, "0")) || 15,
      methods: (one("preferredauthentications") ?? "publickey,keyboard-interactive,password").split(",")
        .filter((name) =>
          ({ publickey: "pubkeyauthentication", password: "passwordauthentication" }[name] ??
            "kbdinteractiveauthentication") &&
          name !== "gssapi-with-mic" &&
          !/^(no|false)$/.test(
            one(
              { publickey: "pubkeyauthentication", password: "passwordauthentication" }[name] ??
                "kbdinteractiveauthentication",
            )!,
          )
        ),
    });
  expect([ours.hostKeyAlias, ours.bindAddress], text).toEqual([one("hostkeyalias"), one("bindaddress")]);
  // ssh prints lists of files without the quotes.
  expect(ours.globalKnownHostsFiles.join(" "), text).toBe(list("globalknownhostsfile").join(" "));
  const proxy = ours.proxy &&
    ("command" in ours.proxy
      ? ours.proxy.command
      : ours.proxy.jumps.map(({ text }) => text.replace(/^ssh:\/\//, "")).join(","));
  const theirs = one("proxycommand")?.replace(/%(.)/g, (_, letter) => tokens[letter]!) ?? one("proxyjump");
  expect(proxy ?? "none", `seed ${seed}\n${text}`).toBe(theirs ?? "none");
}

const COUNT = process.env.CLAUDE_OPS_TEST_FULL ? 2000 : 80;

test(`what ssh -G says of ${COUNT} generated configurations, we say`, async () => {
  await forAll((_make, seed) => compare(seed), COUNT);
});
