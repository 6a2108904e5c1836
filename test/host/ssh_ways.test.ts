import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Failure } from "../../src/errors.ts";
import { connect, type ConnectOptions } from "../../src/remote/connect.ts";
import type { Connection } from "../../src/remote/connection.ts";
import { nobody } from "../../src/remote/interaction.ts";
import { Hops } from "../../src/remote/route.ts";
import { parseTarget } from "../../src/remote/target.ts";
import { atTerminal } from "../process/at_terminal.ts";
import { kill, type Sshd, startSshd } from "./sshd.ts";

// One client at home in `box`, and two servers to go through; each has its own host key and takes its own user key.
let box: Sshd;
let gate: Sshd;
let inner: Sshd;
let strict: Sshd;
const open: Connection[] = [];
beforeAll(async () => {
  [box, gate, inner, strict] = await Promise.all([
    startSshd("ListenAddress ::1"),
    startSshd(),
    startSshd("MaxAuthTries 3"),
    startSshd("Ciphers aes256-ctr\nKexAlgorithms ecdh-sha2-nistp521,ecdh-sha2-nistp256\nMACs hmac-sha2-256"),
  ]);
});
afterEach(() => open.splice(0).forEach((connection) => connection.close()));
afterAll(() => [box, gate, inner, strict].forEach((server) => server.stop()));

const keyOf = (server: Sshd) => join(server.home, ".ssh/id_ed25519");
const hostBlock = (name: string, server: Sshd, more = "") =>
  `Host ${name}\n HostName 127.0.0.1\n Port ${server.port}\n User root\n IdentityFile ${
    keyOf(server)
  }\n IdentitiesOnly yes\n ${more}\n`;
const knownHosts = () => join(box.home, ".ssh/known_hosts");

function configure(text: string, known: Sshd[] = [box, gate, inner]): string {
  writeFileSync(knownHosts(), known.map(({ hostKeyLine }) => `${hostKeyLine}\n`).join(""));
  return box.file("ssh_config", `${text}\nHost *\n UserKnownHostsFile ${knownHosts()}\n`);
}

async function login(
  configFile: string,
  target = "box",
  options: Partial<ConnectOptions> = {},
): Promise<Connection> {
  const connection = await connect(parseTarget(target), {
    interaction: nobody,
    home: box.home,
    configFile,
    env: {},
    ...options,
  });
  open.push(connection);
  return connection;
}

async function failure(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(() => undefined, (error) => error);
  expect(error).toBeInstanceOf(Failure);
  return error;
}

/** The port of the server that a command's connection came in at, by us and by the real ssh. */
async function arrival(configFile: string, target = "box"): Promise<{ ours: string; real: string }> {
  const ask = 'set -- $SSH_CONNECTION; echo "$4"';
  const { stdout } = await (await login(configFile, target)).exec(["sh", "-c", ask]);
  const real = spawnSync("ssh", [
    "-F",
    configFile,
    "-o",
    "BatchMode=yes",
    "-o",
    "LogLevel=ERROR",
    target,
    ask,
  ], {
    encoding: "utf8",
  });
  return { ours: stdout.trim(), real: real.stdout.trim() || real.stderr };
}

test.each([
  ["one jump", "ProxyJump gate"],
  ["two jumps", "ProxyJump gate,inner"],
  ["a jump with user and port of its own", "ProxyJump root@inner"],
  ["a command", 'ProxyCommand ssh -F "CONFIG" -o LogLevel=ERROR -W %h:%p gate # %n'],
  ["none after all", "ProxyJump none"],
])("the host is reached as ssh reaches it: %s", async (_name, way) => {
  const file = configure(
    hostBlock("box", box, way.replace("CONFIG", join(box.scratch, "ssh_config"))) + hostBlock("gate", gate) +
      hostBlock("inner", inner),
  );
  expect(await arrival(file)).toEqual({ ours: String(box.port), real: String(box.port) });
});

test("a jump's own configuration can have it go through another one", async () => {
  const file = configure(
    hostBlock("box", box, "ProxyJump inner") + hostBlock("inner", inner, "ProxyJump gate") +
      hostBlock("gate", gate),
  );
  const before = readFileSync(join(gate.scratch, "log"), "utf8").length;
  expect(await arrival(file)).toEqual({ ours: String(box.port), real: String(box.port) });
  const log = readFileSync(join(gate.scratch, "log"), "utf8").slice(before);
  expect([...log.matchAll(/Accepted publickey/g)]).toHaveLength(2);
});

test("each host on the way has to show its own known key", async () => {
  const text = hostBlock("box", box, "ProxyJump gate,inner") + hostBlock("gate", gate) +
    hostBlock("inner", inner);
  for (const missing of [box, gate, inner]) {
    const file = configure(text, [box, gate, inner].filter((server) => server !== missing));
    const error = await failure(login(file));
    expect([error.code, error.message]).toEqual([
      "host-key-unknown",
      expect.stringContaining(`[127.0.0.1]:${missing.port}`),
    ]);
  }
  await login(configure(text, []), "box", { acceptNew: true });
  for (const { port } of [box, gate, inner]) {
    expect(readFileSync(knownHosts(), "utf8")).toContain(`[127.0.0.1]:${port} `);
  }
});

test("hosts behind the same one share the connection to it, and it ends with them", async () => {
  const file = configure(
    hostBlock("box", box, "ProxyJump gate") + hostBlock("gate", gate) +
      hostBlock("inner", inner, "ProxyJump gate"),
  );
  const hops = new Hops();
  const all = await Promise.all(["box", "inner", "box"].map((name) => login(file, name, { hops })));
  expect(gate.sessionPids()).toHaveLength(1);
  expect(await Promise.all(all.map(async (host) => (await host.exec(["echo", "in"])).stdout))).toEqual(
    ["in\n", "in\n", "in\n"],
  );
  for (const pid of gate.sessionPids()) kill(pid);
  expect((await failure(all[0]!.exec(["sleep", "20"]))).code).toBe("connection-lost");
  expect((await (await login(file, "box", { hops })).exec(["echo", "again"])).stdout).toBe("again\n");
  hops.close();
  for (let i = 0; i < 100 && gate.sessionPids().length > 0; i++) {
    await new Promise((done) => setTimeout(done, 50));
  }
  expect(gate.sessionPids()).toEqual([]);
});

test("a way that leads nowhere says where it ends", async () => {
  const port = 1; // nothing listens there
  const text = `Host box\n HostName 127.0.0.1\n Port ${port}\n ProxyJump gate\n${hostBlock("gate", gate)}`;
  expect(await failure(login(configure(text)))).toMatchObject({
    code: "jump",
    message: expect.stringMatching(/^gate does not lead on to 127\.0\.0\.1 port 1: Connection refused/),
  });
  const circle = await failure(login(configure(hostBlock("*", gate, "ProxyJump gate"))));
  expect(circle).toMatchObject({ code: "ssh-config", message: "ProxyJump goes in a circle: gate, gate" });
  const command = await failure(
    login(configure(hostBlock("box", box, "ProxyCommand echo no way >&2; exit 1"))),
  );
  expect(command.message).toMatch(/no way/);
});

test("[::1]:port and AddressFamily go where ssh goes, and the key is filed under the name that ssh looks for", async () => {
  const file = configure(`IdentityFile ${keyOf(box)}\nUser root\n`, []);
  rmSync(knownHosts());
  const connection = await login(file, `[::1]:${box.port}`, { acceptNew: true });
  expect((await connection.exec(["sh", "-c", "echo $SSH_CONNECTION"])).stdout).toMatch(/^::1 \d+ ::1 /);
  const real = spawnSync(
    "ssh",
    ["-F", file, "-o", "BatchMode=yes", "-p", String(box.port), "::1", "echo in"],
    {
      encoding: "utf8",
    },
  );
  expect(real.stdout).toBe("in\n");
  const settings = "StrictHostKeyChecking accept-new\n AddressFamily";
  for (
    const [name, family] of [["localhost", "inet"], ["127.0.0.1", "inet6"], ["::1", "inet"], ["::1", "inet6"]]
  ) {
    const text = hostBlock("box", box, `${settings} ${family}`).replace("127.0.0.1", name!);
    const there = spawnSync("ssh", ["-F", configure(text, []), "-o", "BatchMode=yes", "box", "echo in"]);
    const ours = await login(configure(text, [])).then(() => 0, ({ code }) => code);
    expect([name, family, ours]).toEqual([name, family, there.status === 0 ? 0 : "unreachable"]);
  }
});

test("too many keys in the agent: ssh fails, we fail and say why; IdentitiesOnly helps both", async () => {
  const socket = join(box.scratch, "agent");
  const agent: ChildProcess = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
  try {
    for (let i = 0; i < 100 && !existsSync(socket); i++) await new Promise((done) => setTimeout(done, 20));
    const env = { ...process.env, SSH_AUTH_SOCK: socket };
    for (let n = 0; n < 6; n++) {
      const key = join(box.scratch, `stranger${n}`);
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
      execFileSync("ssh-add", ["-q", key], { env, stdio: "pipe" });
    }
    const ssh = (file: string) =>
      spawnSync("ssh", ["-F", file, "-o", "BatchMode=yes", "inner", "echo in"], { encoding: "utf8", env })
        .stdout;
    const many = configure(hostBlock("inner", inner).replace("IdentitiesOnly yes", ""));
    expect(ssh(many)).toBe("");
    const error = await failure(login(many, "inner", { env: { SSH_AUTH_SOCK: socket } }));
    expect([error.code, error.message]).toEqual(["authentication", expect.stringContaining("tried agent: ")]);
    expect(error.hint).toMatch(/too many keys/);
    const one = configure(hostBlock("inner", inner));
    expect(ssh(one)).toBe("in\n");
    await login(one, "inner", { env: { SSH_AUTH_SOCK: socket } });
  } finally {
    agent.kill();
  }
});

/** What is known of hosts, beside the configuration, for the table below. */
const plain = () => box.hostKeyLine;
const blob = () => box.hostKeyLine.split(" ").slice(1).join(" ");
const hashed = () => {
  const file = box.file("hashed", `${box.hostKeyLine}\n`);
  execFileSync("ssh-keygen", ["-q", "-H", "-f", file], { stdio: "pipe" });
  return readFileSync(file, "utf8").trim();
};

test.each<[what: string, lines: string, known: () => string, letIn: boolean]>([
  ["a hashed name", "", hashed, true],
  ["a name with a wildcard", "", () => `[127.0.0.*]:${box.port} ${blob()}`, true],
  ["a wildcard with an exception", "", () => `*,!*127.0.0.1* ${blob()}`, false],
  ["a name without its port", "", () => `127.0.0.1 ${blob()}`, true],
  ["a name with another port", "", () => `[127.0.0.1]:1 ${blob()}`, false],
  ["an alias", "HostKeyAlias twin", () => `twin ${blob()}`, true],
  ["another alias", "HostKeyAlias twin", plain, false],
  ["a revoked key", "", () => `${plain()}\n@revoked * ${blob()}`, false],
  ["a key that an authority signed, where there is none", "", () => `@cert-authority * ${blob()}`, false],
  ["tokens in the name of a key", "IdentityFile DIR/%h-%p-%r", plain, true],
  ["a key that is included", "Include DIR/inc*", plain, true],
  ["a key by Match host", "Match host 127.0.0.*\n IdentityFile KEY", plain, true],
  ["a key by Match exec", 'Match exec "test %r = root"\n IdentityFile KEY', plain, true],
  [
    "a key by Match of another user",
    "IdentityFile none\n Match user nobody\n IdentityFile KEY",
    plain,
    false,
  ],
  ["the agent's key", "IdentityFile none\n IdentityAgent AGENT", plain, true],
  ["no agent", "IdentityFile none\n IdentityAgent none", plain, false],
  [
    "the agent's key, but only others are to be used",
    "IdentitiesOnly yes\n IdentityFile none\n IdentityAgent AGENT",
    plain,
    false,
  ],
  [
    "the agent's key for a file's public half",
    "IdentitiesOnly yes\n IdentityFile KEY\n IdentityAgent AGENT",
    plain,
    true,
  ],
  ["keys forbidden", "PubkeyAuthentication no\n IdentityFile KEY", plain, false],
  [
    "passwords alone, and nobody to ask",
    "PreferredAuthentications password\n IdentityFile KEY",
    plain,
    false,
  ],
])("ssh lets us in, or not, and so do we: %s", async (_what, lines, known, letIn) => {
  const socket = await agentOfBox();
  copyFileSync(keyOf(box), join(box.scratch, `127.0.0.1-${box.port}-root`));
  chmodSync(join(box.scratch, `127.0.0.1-${box.port}-root`), 0o600);
  box.file("inc1", `IdentityFile ${keyOf(box)}\n`);
  const written = lines.replaceAll("KEY", keyOf(box)).replaceAll("AGENT", socket).replaceAll(
    "DIR",
    box.scratch,
  );
  const usual = /Identity|Include/.test(lines) ? "" : `IdentityFile ${keyOf(box)}`;
  const text =
    `Host box\n HostName 127.0.0.1\n Port ${box.port}\n User root\n StrictHostKeyChecking yes\n ${written}\nHost box\n ${usual}`;
  const file = configure(text, []);
  writeFileSync(knownHosts(), `${known()}\n`);
  const options = ["-o", "BatchMode=yes", "-o", "GlobalKnownHostsFile=none"];
  const { SSH_AUTH_SOCK: _, ...env } = process.env;
  const real = spawnSync("ssh", ["-F", file, ...options, "box", "echo in"], { encoding: "utf8", env });
  const ours = await login(file).then(() => true, () => false);
  expect({ ssh: real.stdout === "in\n", ours }, real.stderr).toEqual({ ssh: letIn, ours: letIn });
});

/** The socket of an agent that holds the key of `box`; one for all rows. */
let started: Promise<string> | undefined;
let agent: ChildProcess | undefined;
afterAll(() => void agent?.kill());
const agentOfBox = () =>
  started ??= (async () => {
    const socket = join(box.scratch, "agent-of-box");
    agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
    for (let i = 0; i < 500 && !existsSync(socket); i++) await new Promise((done) => setTimeout(done, 20));
    execFileSync("ssh-add", ["-q", keyOf(box)], {
      env: { ...process.env, SSH_AUTH_SOCK: socket },
      stdio: "pipe",
    });
    return socket;
  })();

test.each(["yes", "no", "off", "ask", "accept-new"])(
  "StrictHostKeyChecking %s lets in whom ssh lets in: a new host, a known one, a changed one",
  async (strict) => {
    const text = hostBlock("box", box, `StrictHostKeyChecking ${strict}`);
    const changed = gate.hostKeyLine.replace(/^\S+/, `[127.0.0.1]:${box.port}`);
    for (const line of ["", box.hostKeyLine, changed]) {
      const prepare = () => {
        const file = configure(text, []);
        writeFileSync(knownHosts(), line && `${line}\n`);
        return file;
      };
      const real = spawnSync("ssh", ["-F", prepare(), "-o", "BatchMode=yes", "box", "echo in"], {
        encoding: "utf8",
      });
      const ours = await login(prepare()).then(() => "in\n", () => "");
      // The one difference: ssh goes past a changed key where it is told `no`.
      const expected = line === changed ? "" : real.stdout;
      expect([strict, line, ours]).toEqual([strict, line, expected]);
    }
  },
);

test.each([
  ["an alias", "", ""],
  ["another name for its key", "HostKeyAlias twin", ""],
  ["a host behind another", "ProxyJump gate", ""],
  ["a key that is known by another name", "", "elsewhere KEY"],
])(
  "the question about a new key names the host as ssh does, and as it was called: %s",
  async (_, lines, known) => {
    const file = configure(hostBlock("box", box, lines) + hostBlock("gate", gate), [gate]);
    appendFileSync(knownHosts(), known.replace("KEY", blob()) + "\n");
    const before = readFileSync(knownHosts(), "utf8");
    const keys: [string, string][] = [["fingerprint])?", "no\r"]];
    const { screen } = atTerminal(
      ["ssh", "-F", file, "-o", "GlobalKnownHostsFile=none", "box", "true"],
      keys,
    );
    const [, names, address] = /host '(.*) \((.*)\)' can't be established/.exec(screen)!;
    const otherNames = /known by the following other names/.test(screen);
    let asked = "";
    const confirm = (question: string) => (asked = question, Promise.resolve(false));
    const error = await failure(
      login(file, "box", { interaction: { ...nobody, interactive: true, confirm } }),
    );
    expect(error.code).toBe("host-key-unknown");
    const first = asked.split("\n")[0]!;
    expect(first).toContain("'box (");
    for (const name of [names!, address!].filter((name) => !name.startsWith("<no hostip"))) {
      expect(first)
        .toContain(name);
    }
    expect(/known by other names: elsewhere in /.test(asked)).toBe(otherNames);
    expect(readFileSync(knownHosts(), "utf8")).toBe(before);
  },
);

test("a host certificate is refused clearly, where ssh takes it", async () => {
  const authority = join(box.scratch, "authority");
  const certified = await startSshd(`HostCertificate ${box.scratch}/certified-cert.pub`);
  try {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", authority]);
    execFileSync("cp", [join(certified.scratch, "host_ed25519.pub"), join(box.scratch, "certified.pub")]);
    execFileSync("ssh-keygen", ["-q", "-s", authority, "-I", "x", "-h", join(box.scratch, "certified.pub")]);
    certified.signal("SIGHUP"); // it reads the certificate that is there now
    await new Promise((done) => setTimeout(done, 500));
    const file = configure(hostBlock("certified", certified), []);
    writeFileSync(knownHosts(), `@cert-authority * ${readFileSync(`${authority}.pub`, "utf8")}`);
    const real = spawnSync("ssh", ["-F", file, "-o", "BatchMode=yes", "certified", "echo in"], {
      encoding: "utf8",
    });
    expect(real.stdout).toBe("in\n");
    const error = await failure(login(file, "certified", { acceptNew: true }));
    expect([error.code, error.message]).toEqual([
      "host-certificate",
      expect.stringContaining("known_hosts line 1"),
    ]);
    writeFileSync(knownHosts(), `${readFileSync(knownHosts(), "utf8")}${certified.hostKeyLine}\n`);
    await login(file, "certified");
  } finally {
    certified.stop();
  }
});

test.each([
  ["Ciphers aes256-ctr", true],
  ["Ciphers aes128-ctr", false],
  ["Ciphers no-such-cipher@here,aes256-ctr", true],
  ["Ciphers -aes256-ctr", false],
  ["KexAlgorithms +ecdh-sha2-nistp521\n MACs hmac-sha2-256", true],
  ["KexAlgorithms curve25519-sha256", false],
  ["KexAlgorithms ^ecdh-sha2-*\n Ciphers aes256-*", true],
  ["HostKeyAlgorithms rsa-sha2-512,ssh-ed25519", false],
  ["HostKeyAlgorithms ^ssh-ed25519", true],
  ["HostKeyAlgorithms -ssh-ed25519", false],
])("algorithms are those that are asked for: %s", async (lines, works) => {
  const file = configure(hostBlock("strict", strict, lines), [strict]);
  const real = spawnSync("ssh", ["-F", file, "-o", "BatchMode=yes", "strict", "echo in"], {
    encoding: "utf8",
  });
  const ours = await login(file, "strict").then(() => true, () => false);
  expect(ours).toBe(works);
  // ssh refuses the whole configuration for a name or a pattern that it does not know; nothing else differs.
  if (!/no-such|\*/.test(lines)) expect(real.stdout).toBe(works ? "in\n" : "");
});

test("ConnectTimeout also holds for a command that says nothing", async () => {
  const started = performance.now();
  const file = configure(hostBlock("box", box, "ProxyCommand sleep 60\n ConnectTimeout 1"));
  expect((await failure(login(file))).code).toBe("timeout");
  expect(performance.now() - started).toBeLessThan(4000);
});
