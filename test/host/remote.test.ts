import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { Failure } from "../../src/errors.ts";
import { describeFile } from "../../src/remote/binary.ts";
import { connect, type ConnectOptions } from "../../src/remote/connect.ts";
import type { Connection } from "../../src/remote/connection.ts";
import { fingerprint } from "../../src/remote/host_key.ts";
import { type Interaction, nobody } from "../../src/remote/interaction.ts";
import { invoke, type JsonObject } from "../../src/remote/invoke.ts";
import { probe } from "../../src/remote/probe.ts";
import { parseTarget } from "../../src/remote/target.ts";
import { upload } from "../../src/remote/upload.ts";
import { PLAIN, wireFormat } from "../../src/remote/wire_format.ts";
import { freePort, kill, type Sshd, startSshd } from "./sshd.ts";

/** Megabytes that are many. */
const MANY = process.env.CLAUDE_OPS_TEST_FULL === "1" ? 100 : 30;
let sshd: Sshd;
const open: Connection[] = [];
beforeAll(async () => {
  sshd = await startSshd();
});
afterEach(() => {
  for (const connection of open.splice(0)) connection.close();
});
afterAll(() => sshd.stop());

/** The person at the keyboard, who remembers what was asked. */
function person(answers: { confirm?: boolean; secret?: string[] }): Interaction & { asked: string[] } {
  const asked: string[] = [];
  const secrets = [...(answers.secret ?? [])];
  return {
    asked,
    interactive: true,
    confirm: (question) => Promise.resolve((asked.push(question), answers.confirm ?? false)),
    line: (question) => Promise.resolve((asked.push(question), secrets.shift() ?? "")),
    secret: (question) => Promise.resolve((asked.push(question), secrets.shift() ?? "")),
  };
}

async function login(
  options: Partial<ConnectOptions> & { config?: string; known?: string | null; server?: Sshd } = {},
) {
  const { config = "", known, server = sshd, ...rest } = options;
  const knownHosts = join(server.home, ".ssh/known_hosts");
  if (known === null) rmSync(knownHosts, { force: true });
  else writeFileSync(knownHosts, `${known ?? server.hostKeyLine}\n`);
  const configFile = server.file(
    "ssh_config",
    `${config}\nHost box\n HostName 127.0.0.1\n Port ${server.port}\n User root\n`,
  );
  const connection = await connect(parseTarget("box"), {
    interaction: nobody,
    home: server.home,
    configFile,
    env: {},
    ...rest,
  });
  open.push(connection);
  return connection;
}

async function failure(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(() => undefined, (error) => error);
  expect(error).toBeInstanceOf(Failure);
  expect(error.message).not.toContain("\n");
  return error;
}

const only = (key: string) => `IdentityFile ${key}\nIdentitiesOnly yes`;
const publicKey = (key: string) => readFileSync(`${key}.pub`, "utf8").trim();

test("a key from the usual place logs in, and is told afterwards", async () => {
  const connection = await login();
  expect(connection.publicKey).toBe(publicKey(join(sshd.home, ".ssh/id_ed25519")));
  expect(await connection.exec(["id", "-u"])).toEqual({ code: 0, signal: null, stdout: "0\n", stderr: "" });
});

test.each([["rsa", "PEM"], ["rsa", "RFC4716"], ["ecdsa", "PEM"], ["ecdsa", "RFC4716"]])(
  "an %s key in %s format logs in",
  async (type, format) => {
    const key = sshd.key(`${type}-${format}`, { type, format });
    expect((await login({ config: only(key) })).publicKey).toContain(
      publicKey(key).split(" ").slice(0, 2).join(" "),
    );
  },
);

test("a key in the agent logs in, without its private file", async () => {
  const socket = join(sshd.scratch, "agent");
  const agent: ChildProcess = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
  try {
    for (let i = 0; i < 100 && !existsSync(socket); i++) await new Promise((done) => setTimeout(done, 20));
    const [wrong, right] = [join(sshd.scratch, "stranger"), sshd.key("in-agent", { type: "rsa" })];
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", wrong]);
    execFileSync("ssh-add", ["-q", wrong, right], {
      env: { ...process.env, SSH_AUTH_SOCK: socket },
      stdio: "pipe",
    });
    rmSync(right);
    const none = "IdentityFile none";
    expect((await login({ config: none, env: { SSH_AUTH_SOCK: socket } })).publicKey).toBe(publicKey(right));
    expect((await login({ config: `${none}\nIdentityAgent ${socket}` })).publicKey).toBe(publicKey(right));
    expect((await login({ config: `${only(right)}\nIdentityAgent ${socket}` })).publicKey).toBe(
      publicKey(right),
    );
    const refused = await failure(login({ config: `${only(wrong)}\nIdentityAgent ${socket}` }));
    expect(refused.message).toMatch(/refused the login: tried agent: \S+$/);
  } finally {
    agent.kill();
  }
});

test.each(["RFC4716", "PEM"])(
  "an encrypted key (%s) is asked for its passphrase, as often as NumberOfPasswordPrompts says",
  async (format) => {
    const key = sshd.key(`locked-${format}`, { type: "rsa", passphrase: "open sesame", format });
    const patient = person({ secret: ["wrong", "open sesame"] });
    expect((await login({ config: only(key), interaction: patient })).publicKey).toContain(
      publicKey(key).split(" ")[1],
    );
    expect(patient.asked).toEqual([`Passphrase for ${key}: `, `Passphrase for ${key}: `]);
    const hopeless = person({ secret: ["a", "b", "c", "open sesame"] });
    const error = await failure(login({ config: only(key), interaction: hopeless }));
    expect([error.code, hopeless.asked.length]).toEqual(["authentication", 3]);
    expect(error.message).toMatch(/no passphrase that was given fits/);
    const hasty = person({ secret: ["a", "open sesame"] });
    await failure(login({ config: `${only(key)}\nNumberOfPasswordPrompts 1`, interaction: hasty }));
    expect(hasty.asked.length).toBe(1);
  },
);

test("without anybody to ask, an encrypted key is a clear Failure, and is not asked about where another key fits", async () => {
  const key = sshd.key("locked-too", { passphrase: "secret" });
  const error = await failure(login({ config: only(key) }));
  expect(error.message).toContain(`${key}: it has a passphrase and nobody can be asked`);
  const fine = person({});
  const usual = join(sshd.home, ".ssh/id_ed25519");
  await login({ config: `IdentityFile ${usual}\nIdentityFile ${key}`, interaction: fine });
  expect(fine.asked).toEqual([]);
});

test("where no key fits, the Failure says which were tried and which were not, and why", async () => {
  const [stranger, loose] = [join(sshd.scratch, "stranger2"), sshd.key("loose")];
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", stranger]);
  chmodSync(loose, 0o644);
  const junk = sshd.file("junk", "not a key\n");
  const config = [stranger, loose, junk, "/none"].map((key) => `IdentityFile ${key}`).join("\n");
  const error = await failure(login({ config }));
  expect(error.code).toBe("authentication");
  expect(error.message).toContain(`root@127.0.0.1 refused the login: tried ${stranger}, `);
  expect(error.message).toContain(`${loose}: others can read it`);
  expect(error.message).toContain(`${junk}: `);
});

test("an unknown host key is refused where nobody can answer, with its fingerprint and the way on", async () => {
  const error = await failure(login({ known: null }));
  expect([error.code, error.hint]).toEqual(["host-key-unknown", expect.stringContaining("--accept-new")]);
  const real = execFileSync("ssh-keygen", ["-l", "-f", join(sshd.scratch, "host_ed25519.pub")], {
    encoding: "utf8",
  });
  expect(error.message).toContain(real.split(" ")[1]);
  expect(existsSync(join(sshd.home, ".ssh/known_hosts"))).toBe(false);
});

test("an unknown host key is asked about, and remembered only if agreed to", async () => {
  const no = person({ confirm: false });
  expect((await failure(login({ known: null, interaction: no }))).code).toBe("host-key-unknown");
  expect(existsSync(join(sshd.home, ".ssh/known_hosts"))).toBe(false);
  const blob = Buffer.from(sshd.hostKeyLine.split(" ")[2]!, "base64");
  expect(no.asked).toEqual([
    [
      `The authenticity of host 'box ([127.0.0.1]:${sshd.port})' can't be established.`,
      `Its key is ssh-ed25519 ${fingerprint(blob)}.`,
      "This key is not known by any other names.",
      "Connect and remember it?",
    ].join("\n"),
  ]);
  await login({ known: null, interaction: person({ confirm: true }) });
  expect(readFileSync(join(sshd.home, ".ssh/known_hosts"), "utf8")).toBe(`${sshd.hostKeyLine}\n`);
});

test("--accept-new and StrictHostKeyChecking decide as documented, and ssh agrees with what was written", async () => {
  const strict = await failure(login({ known: null, acceptNew: true, config: "StrictHostKeyChecking yes" }));
  expect(strict.code).toBe("host-key-unknown");
  await login({ known: null, config: "StrictHostKeyChecking accept-new\nHashKnownHosts yes" });
  await login({ known: null, acceptNew: true, config: "HashKnownHosts yes" });
  const file = join(sshd.home, ".ssh/known_hosts");
  expect(readFileSync(file, "utf8")).toMatch(/^\|1\|/);
  const args = [
    "-F",
    "none",
    "-p",
    String(sshd.port),
    "-i",
    join(sshd.home, ".ssh/id_ed25519"),
    "-o",
    "BatchMode=yes",
  ];
  const real = spawnSync("ssh", [...args, "-o", `UserKnownHostsFile=${file}`, "root@127.0.0.1", "echo in"], {
    encoding: "utf8",
  });
  expect([real.stdout, real.status]).toEqual(["in\n", 0]);
});

test("a changed host key is always refused, with file and line, and nothing is written", async () => {
  const other = readFileSync(`${sshd.key("other-host")}.pub`, "utf8").trim();
  const known = `# one\n[127.0.0.1]:${sshd.port} ${other}`;
  for (const config of ["", "StrictHostKeyChecking no"]) {
    const willing = person({ confirm: true });
    const error = await failure(login({ known, acceptNew: true, config, interaction: willing }));
    expect([error.code, willing.asked]).toEqual(["host-key-changed", []]);
    expect(error.message).toContain(`${sshd.home}/.ssh/known_hosts line 2`);
  }
  expect(readFileSync(join(sshd.home, ".ssh/known_hosts"), "utf8")).toBe(`${known}\n`);
});

test("a revoked host key is always refused", async () => {
  const known = `${sshd.hostKeyLine}\n@revoked * ${sshd.hostKeyLine.split(" ").slice(1).join(" ")}`;
  const error = await failure(login({ known, acceptNew: true, interaction: person({ confirm: true }) }));
  expect([error.code, error.message.includes("known_hosts line 2")]).toEqual(["host-key-revoked", true]);
});

test("the type of key that is known is asked for, and a new type beside a known one needs a person", async () => {
  const rsa = `[127.0.0.1]:${sshd.port} ${readFileSync(join(sshd.scratch, "host_rsa.pub"), "utf8").trim()}`;
  await login({ known: rsa });
  const gone = `[127.0.0.1]:${sshd.port} ${
    readFileSync(`${sshd.key("ec", { type: "ecdsa" })}.pub`, "utf8").trim()
  }`;
  const error = await failure(login({ known: gone, acceptNew: true }));
  expect(error.message).toMatch(/other keys of it are known: ecdsa-sha2-nistp256 in .*known_hosts line 1/);
});

test("nothing at the port, no such name and a server that says nothing are told apart, in time", async () => {
  const port = await freePort();
  const to = (target: string) =>
    connect(parseTarget(target), { interaction: nobody, configFile, home: sshd.home, env: {} });
  const configFile = sshd.file("quick", "ConnectTimeout 1\n");
  expect(await failure(to(`127.0.0.1:${port}`))).toMatchObject({
    code: "connection-refused",
    message: expect.stringContaining(String(port)),
  });
  expect((await failure(to("no-such-host.invalid"))).code).toMatch(/unknown-host|timeout/);
  const mute: Server = createServer(() => {}).listen(port, "127.0.0.1");
  const started = performance.now();
  expect((await failure(to(`127.0.0.1:${port}`))).code).toBe("timeout");
  expect(performance.now() - started).toBeLessThan(3000);
  mute.close();
});

test("a server that is no ssh server is said to be none", async () => {
  const port = await freePort();
  const web = createServer((socket) => socket.end("HTTP/1.0 400 Bad Request\r\n\r\n")).listen(
    port,
    "127.0.0.1",
  );
  const error = await failure(
    connect(parseTarget(`127.0.0.1:${port}`), {
      interaction: nobody,
      configFile: "none",
      home: sshd.home,
      env: {},
    }),
  );
  expect(["protocol", "connection-lost"]).toContain(error.code);
  web.close();
});

test("a command gets its arguments and its input as they are, and its output and status come back", async () => {
  const connection = await login();
  const odd = ["", "a b", "it's", '"', "\\", "!", "$HOME", "*", "\n", "é\t", "-n"];
  expect((await connection.exec(["printf", "%s\\0", ...odd])).stdout.split("\0").slice(0, -1)).toEqual(odd);
  expect((await connection.exec(["cat"], { stdin: "in\0put" })).stdout).toBe("in\0put");
  expect(await connection.exec(["sh", "-c", "echo out; echo err >&2; exit 7"])).toEqual({
    code: 7,
    signal: null,
    stdout: "out\n",
    stderr: "err\n",
  });
  expect(await connection.exec(["sh", "-c", "kill -9 $$"])).toMatchObject({ code: null, signal: "SIGKILL" });
  // A command that ends without reading its input does not hold us up.
  expect((await connection.exec(["true"], { stdin: Buffer.alloc(8 << 20) })).code).toBe(0);
  const many = await Promise.all(Array.from({ length: 8 }, (_, n) => connection.exec(["echo", String(n)])));
  expect(many.map(({ stdout }) => stdout.trim())).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]);
});

test("a command that does not end is given up, and a source that fails ends it", async () => {
  const connection = await login();
  expect((await failure(connection.exec(["sleep", "60"], { timeout: 200 }))).code).toBe("timeout");
  // deno-lint-ignore require-yield
  async function* broken(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    throw new Error("source broke");
  }
  await expect(connection.exec(["cat"], { stdin: broken() })).rejects.toThrow("source broke");
  expect((await connection.exec(["echo", "still here"])).stdout).toBe("still here\n");
});

test("one probe tells what the host is, through a banner, a noisy profile and any login shell", async () => {
  const shells = ["sh", "bash", "dash", "zsh", "fish", "tcsh"].filter((shell) =>
    spawnSync(shell, ["-c", "true"]).error === undefined
  );
  for (const shell of shells) {
    const noisy = await startSshd(
      `Banner /etc/hostname\nForceCommand /bin/sh -c 'echo noise; echo noise >&2; exec ${shell} -c "$SSH_ORIGINAL_COMMAND"'`,
    );
    try {
      const facts = await probe(await login({ server: noisy }));
      expect([shell, facts]).toEqual([
        shell,
        expect.objectContaining({ arch: process.arch, uid: 0, libc: "glibc", gzip: true }),
      ]);
      expect(Math.abs(facts.clock - Date.now() / 1000)).toBeLessThan(5);
      expect(facts.freeKib["/opt"]).toBeGreaterThan(0);
      expect(facts.memoryKib).toBeGreaterThan(100_000);
    } finally {
      noisy.stop();
    }
  }
});

test.each([
  ["stdout", "yes"],
  ["stderr", "yes >&2"],
])(
  "a profile that writes to %s without end is given up, and nothing of it is kept",
  async (_where, profile) => {
    const endless = await startSshd(`ForceCommand /bin/sh -c '${profile}'`);
    const connection = await login({ server: endless });
    const before = process.memoryUsage().rss;
    expect(await failure(probe(connection))).toMatchObject({ code: "endless", hint: expect.any(String) });
    expect(await failure(invoke(connection, ["true"]))).toMatchObject({ code: "endless" });
    expect(await failure(connection.becomeRoot())).toMatchObject({ code: "endless" });
    expect(process.memoryUsage().rss - before).toBeLessThan(400 << 20);
    endless.stop();
  },
);

test("a login shell that runs nothing is a clear Failure", async () => {
  const closed = await startSshd("ForceCommand echo This account is not available.; exit 1");
  const error = await failure(login({ server: closed }).then(probe));
  expect([error.code, error.message]).toEqual([
    "probe",
    expect.stringContaining("This account is not available."),
  ]);
  closed.stop();
});

test("claude-ops over there is heard line by line, through noise, with its exit status", async () => {
  const connection = await login();
  const program = sshd.file(
    "fake",
    '#!/bin/sh\necho Welcome; echo "{not json"; echo \'{"step":1}\'; cat; echo odd >&2; echo; printf \'{"ok":true,"ü":1}\'; exit 3\n',
  );
  chmodSync(program, 0o700);
  const events: JsonObject[] = [];
  let noise = "";
  const result = await invoke(connection, [program], {
    stdin: '{"step":2}\n',
    onEvent: (event) => events.push(event),
    onNoise: (text) => noise += text,
  });
  expect(result).toEqual({ code: 3, summary: { ok: true, "ü": 1 } });
  expect(events).toEqual([{ step: 1 }, { step: 2 }, { ok: true, "ü": 1 }]);
  expect(noise.split("\n").sort()).toEqual(["", "Welcome", "odd", "{not json"]);
  const killed = await failure(invoke(connection, ["sh", "-c", "echo '{}'; kill -9 $$"]));
  expect([killed.code, killed.message]).toEqual(["no-answer", expect.stringContaining("SIGKILL")]);
  expect((await failure(invoke(connection, ["/none/claude-ops"]))).message).toContain("gave no answer (127)");
});

async function payload(server: Sshd, mebibytes: number) {
  const source = join(server.scratch, "payload");
  execFileSync("sh", ["-c", `head -c ${mebibytes << 20} /dev/urandom >"$0"`, source]);
  mkdirSync(join(server.scratch, "up"), { recursive: true });
  const facts = { freeKib: { "/usr/local/bin": 1e9, "/opt": 1e9, "/tmp": 1e9 } };
  return {
    ...await describeFile(source),
    source,
    destination: join(server.scratch, "up/tool"),
    mode: "0755",
    format: wireFormat({ gzip: true, zstd: false }),
    facts,
  };
}

test.each([
  ["plain", { gzip: false, zstd: false }],
  ["gz", { gzip: true, zstd: false }],
  ["zst", { gzip: true, zstd: true }],
  ["deb", { gzip: true, zstd: false, dpkg: "1.21.22" }],
])("a file arrives whole, with its mode, once (%s)", async (name, tools) => {
  process.env.XDG_CACHE_HOME = join(sshd.scratch, "cache");
  const connection = await login();
  const fresh = await payload(sshd, 3);
  const order = { ...fresh, format: wireFormat(tools) };
  expect(order.format.name).toBe(name);
  rmSync(order.destination, { force: true });
  const progress: number[] = [];
  expect(await upload(connection, { ...order, onProgress: (sent, total) => progress.push(sent / total) }))
    .toBe(true);
  expect((await describeFile(order.destination)).sha256).toBe(order.sha256);
  expect([statSync(order.destination).mode & 0o777, progress.at(-1)]).toEqual([0o755, 1]);
  const { sentBytes } = connection;
  expect(sentBytes).toBeGreaterThanOrEqual(3 << 20);
  expect(await upload(connection, order)).toBe(false);
  expect(connection.sentBytes).toBe(sentBytes);
  expect(readdirSync(join(sshd.scratch, "up"))).toEqual(["tool"]);
});

test("a full disk, a directory in the way and a wrong hash leave things as they were", async () => {
  const connection = await login();
  const order = await payload(sshd, 3);
  writeFileSync(order.destination, "old");
  const wrong = { ...order, sha256: "0".repeat(64), format: PLAIN };
  expect((await failure(upload(connection, wrong))).message).toMatch(/not what was sent/);
  const full = { ...order.facts, freeKib: { ...order.facts.freeKib, "/opt": 100 } };
  const { sentBytes } = connection;
  const early = await failure(upload(connection, { ...order, destination: "/opt/none/tool", facts: full }));
  expect([early.code, connection.sentBytes]).toEqual(["disk-full", sentBytes]);
  const small = join(sshd.scratch, "small");
  mkdirSync(small);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", small]);
  try {
    writeFileSync(join(small, "tool"), "old");
    const late = await failure(upload(connection, { ...order, destination: join(small, "tool") }));
    expect([late.code, readFileSync(join(small, "tool"), "utf8"), readdirSync(small)]).toEqual([
      "disk-full",
      "old",
      ["tool"],
    ]);
  } finally {
    execFileSync("umount", [small]);
  }
  mkdirSync(join(sshd.scratch, "up/dir"), { recursive: true });
  expect((await failure(upload(connection, { ...order, destination: join(sshd.scratch, "up/dir") }))).message)
    .toMatch(/is a directory/);
  expect(readFileSync(order.destination, "utf8")).toBe("old");
});

/** A connection that is killed once so much of an upload is sent, and what that was to be a part of. */
async function cut(order: Awaited<ReturnType<typeof payload>>, part: number): Promise<Failure> {
  const connection = await login();
  const error = await failure(upload(connection, {
    ...order,
    onProgress: (sent, total) => {
      if (sent > total * part) { for (const pid of sshd.sessionPids()) kill(pid); }
    },
  }));
  expect((await failure(connection.exec(["true"]))).code).toBe("connection-lost");
  await vi.waitFor(() => expect(partials().filter(written)).toEqual([]), 10_000);
  return error;
}

const partials = () => readdirSync(join(sshd.scratch, "up")).filter((name) => name.endsWith(".partial"));

const written = (partial: string) => existsSync(`/proc/${partial.split(".").at(-2)}`);

/** What still runs of a dead connection takes its leftover with it. */
const tidy = () => vi.waitFor(() => expect(partials()).toEqual([]), 10_000);

test("a connection that is killed in the middle of an upload leaves the old file, and the next run sends the rest", async () => {
  const order = await payload(sshd, 32);
  writeFileSync(order.destination, "old");
  writeFileSync(`${order.destination}.4194305.partial`, "of a run that is long dead");
  const error = await cut(order, 1 / 2);
  expect([error.code, error.message]).toEqual(["connection-lost", expect.stringContaining("box")]);
  expect(readFileSync(order.destination, "utf8")).toBe("old");
  expect(partials()).toEqual([expect.stringContaining(order.sha256.slice(0, 16))]);
  const there = statSync(join(sshd.scratch, "up", partials()[0]!)).size;
  expect(there).toBeGreaterThan(8 << 20);

  const next = await login();
  expect(await upload(next, order)).toBe(true);
  expect((await describeFile(order.destination)).sha256).toBe(order.sha256);
  expect(next.sentBytes).toBeLessThan((33 << 20) - there);
  await tidy();
});

test("what was left is used only where it is the beginning of what is sent", async () => {
  const order = await payload(sshd, 8);
  rmSync(order.destination, { force: true });
  await cut(order, 1 / 2);
  const left = join(sshd.scratch, "up", partials()[0]!);
  writeFileSync(left, Buffer.concat([Buffer.from("X"), readFileSync(left).subarray(1)]));
  const next = await login();
  expect(await upload(next, order)).toBe(true);
  expect((await describeFile(order.destination)).sha256).toBe(order.sha256);
  expect(next.sentBytes).toBeGreaterThan(8 << 20);
  await tidy();
});

test("what a receiver has that still waits for a dead connection is taken over", async () => {
  const order = await payload(sshd, 8);
  rmSync(order.destination, { force: true });
  const hanging = await login();
  let stopped: number[] | undefined;
  const stop = () => {
    stopped = sshd.sessionPids();
    for (const pid of stopped) kill(pid, "SIGSTOP");
  };
  upload(hanging, { ...order, onProgress: (sent) => sent > 4 << 20 && (stopped || stop()) }).catch(() => {});
  await vi.waitFor(() => expect(stopped).toBeDefined(), 20_000);
  await vi.waitFor(() => expect(statSync(join(sshd.scratch, "up", partials()[0]!)).size).toBeGreaterThan(0));
  const next = await login();
  expect(await upload(next, order)).toBe(true);
  expect(next.sentBytes).toBeLessThan(8 << 20);
  expect((await describeFile(order.destination)).sha256).toBe(order.sha256);
  for (const pid of stopped!) kill(pid);
  await tidy();
});

test("a frozen host ends what is under way with a Failure in time, and cannot be connected to", async () => {
  const frozen = await startSshd();
  const config = "ServerAliveInterval 1\nServerAliveCountMax 2\nConnectTimeout 2";
  const connection = await login({ server: frozen, config });
  const waiting = failure(connection.exec(["sleep", "60"]));
  const quiet = await connection.exec(["sleep", "3"]);
  expect(quiet.code, "a command that says nothing for long is no dead host").toBe(0);
  const started = performance.now();
  for (const pid of frozen.sessionPids()) kill(pid, "SIGSTOP");
  frozen.signal("SIGSTOP");
  expect(await waiting).toMatchObject({
    code: "connection-lost",
    message: expect.stringContaining("no sign of life for 3 s"),
  });
  expect((await failure(login({ server: frozen, config }))).code).toBe("timeout");
  expect(performance.now() - started).toBeLessThan(20_000);
  frozen.stop();
});

test(`${MANY} MB go up about as fast as through the real ssh`, async () => {
  const order = await payload(sshd, MANY);
  const connection = await login();
  const rate = async (work: () => unknown) => {
    const started = performance.now();
    await work();
    return (MANY << 20) / 1000 / (performance.now() - started);
  };
  const ssh =
    `ssh -F none -p ${sshd.port} -i ${sshd.home}/.ssh/id_ed25519 -o UserKnownHostsFile=${sshd.home}/.ssh/known_hosts`;
  const rates = { ours: [] as number[], ssh: [] as number[] };
  for (let round = 0; round < 3; round++) {
    rmSync(order.destination, { force: true });
    rates.ours.push(await rate(() => upload(connection, { ...order, format: PLAIN })));
    rates.ssh.push(
      await rate(() =>
        execFileSync("sh", ["-c", `${ssh} root@127.0.0.1 'cat >${order.destination}.ssh' <${order.source}`])
      ),
    );
  }
  const best = { ours: Math.max(...rates.ours), ssh: Math.max(...rates.ssh) };
  console.info(
    `upload with hash, sync and rename ${best.ours.toFixed(0)} MB/s; ssh 'cat > f' ${
      best.ssh.toFixed(0)
    } MB/s`,
  );
  expect(best.ours).toBeGreaterThan(best.ssh / 4);
});
