import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Failure } from "../../src/errors.ts";
import { connect } from "../../src/remote/connect.ts";
import type { Connection } from "../../src/remote/connection.ts";
import { type Interaction, nobody } from "../../src/remote/interaction.ts";
import { SudoPasswords } from "../../src/remote/sudo_passwords.ts";
import { parseTarget } from "../../src/remote/target.ts";
import { atTerminal } from "../process/at_terminal.ts";
import { type Host, Lab } from "./lab.ts";
import { BINARY, difference, Operator, snapshot } from "./ops.ts";
import { scratchForAll } from "../unit/scratch.ts";

const PASSWORD = "open sesame ü";
let host: Host;
let operator: Operator;
const home = scratchForAll();
const open: Connection[] = [];

beforeAll(async () => {
  operator = new Operator();
  host = await Lab.host();
  // `ada` may do all with her password, `free` without, `other` nothing.
  await host.sh(SETUP, { input: PASSWORD });
});
afterEach(async () => {
  open.splice(0).forEach((connection) => connection.close());
  await host.exec(["rm", "-f", "/etc/sudoers.d/extra"]);
});
afterAll(async () => {
  operator.remove();
  await host.down();
});

const SETUP = `
set -e
password=$(cat)
for user in ada free other; do
  useradd --create-home --shell /bin/bash $user
  echo "$user:$password" | chpasswd
  install -d -o $user -m 700 /home/$user/.ssh
  install -o $user -m 600 /root/.ssh/authorized_keys /home/$user/.ssh/
done
sed -i 's/pam_unix.so/& nodelay/' /etc/pam.d/common-auth
echo 'ada ALL=(ALL:ALL) ALL' > /etc/sudoers.d/ada
echo 'free ALL=(ALL:ALL) NOPASSWD: ALL' > /etc/sudoers.d/free
`;

const extra = (rule: string) => host.sh("cat > /etc/sudoers.d/extra", { input: `${rule}\n` });

/** Other settings for the host's sshd. */
async function sshd(settings: string): Promise<void> {
  await host.sh("cat > /etc/ssh/sshd_config.d/extra.conf; systemctl restart ssh", {
    input: settings,
  });
}

function person(...secrets: string[]): Interaction & { asked: string[] } {
  const asked: string[] = [];
  const answer = (question: string) => Promise.resolve((asked.push(question), secrets.shift() ?? ""));
  return { asked, interactive: true, confirm: () => Promise.resolve(false), line: answer, secret: answer };
}

async function login(user: string, interaction: Interaction, config = ""): Promise<Connection> {
  const configFile = join(home, "config");
  writeFileSync(configFile, `${config}\nInclude ${operator.sshConfig}\n`);
  const target = parseTarget(`${user}@host${host.number}`);
  const connection = await connect(target, { interaction, configFile, home, env: {} });
  open.push(connection);
  return connection;
}

async function failure(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(() => undefined, (error) => error);
  expect(error).toBeInstanceOf(Failure);
  return error;
}

test("the password is asked for once, and goes to sudo alone: no command reads it, no list of processes shows it", async () => {
  const ada = person(PASSWORD);
  const connection = await login("ada", ada);
  await connection.becomeRoot();
  const whole = await connection.exec(["sh", "-c", "id -u; cat; echo err >&2; exit 7"], {
    stdin: "in\0put\n",
  });
  expect(whole).toEqual({ code: 7, signal: null, stdout: "0\nin\0put\n", stderr: "err\n" });
  const seen = await connection.exec([
    "sh",
    "-c",
    "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ | tr '\\0' '\\n'",
  ]);
  expect(seen.stdout).toContain("sudo");
  expect(seen.stdout).not.toContain(PASSWORD);
  const logs = await host.sh("journalctl --no-pager | grep -c 'open sesame' || true");
  expect(logs.trim()).toBe("0");
  const bytes = new Uint8Array(3 << 20).map((_, at) => at * 7919 >> 3);
  expect(Number((await connection.exec(["wc", "-c"], { stdin: bytes })).stdout)).toBe(bytes.length);
  // sudo forgets, as it does after a quarter of an hour.
  await connection.exec(["rm", "-rf", "/run/sudo/ts"]);
  expect((await connection.exec(["id", "-u"], { stdin: "unread" })).stdout).toBe("0\n");
  expect(ada.asked).toEqual([`[sudo] password for ada on host${host.number}: `]);
});

test("nothing is asked where sudo asks for nothing", async () => {
  const connection = await login("free", nobody);
  await connection.becomeRoot();
  expect((await connection.exec(["cat"], { stdin: "as it is" })).stdout).toBe("as it is");
});

test("requiretty: sudo sees a terminal, and what goes in and out is what it was", async () => {
  await extra("Defaults requiretty");
  for (const [user, secrets] of [["ada", [PASSWORD]], ["free", []]] as const) {
    const connection = await login(user, person(...secrets));
    await connection.becomeRoot();
    const odd = [
      "sh",
      "-c",
      'printf "%s|" "$@"; cat; echo err >&2; exit 5',
      "sh",
      "it's",
      "a b",
      "$HOME",
      '"',
      "\n",
      "é",
    ];
    expect(await connection.exec(odd, { stdin: "\x04\r\n\x03\0" })).toEqual({
      ...{ code: 5, signal: null, stdout: "it's|a b|$HOME|\"|\n|é|\x04\r\n\x03\0", stderr: "err\n" },
    });
  }
});

test.each([
  ["three wrong passwords", "ada", ["a", "b", "c", PASSWORD], "sudo-password", 3],
  ["no answer", "ada", [], "sudo-password", 1],
  ["a user who is not in sudoers", "other", [PASSWORD], "sudo-refused", 1],
])("%s: the end is clear", async (_name, user, secrets, code, questions) => {
  const who = person(...secrets);
  const error = await failure((await login(user, who)).becomeRoot());
  expect([error.code, who.asked.length]).toEqual([code, questions]);
  expect(error.message).toContain(`sudo on host${host.number}`);
  expect(error.message).not.toMatch(/claude-ops-|\n/);
});

test("a wrong password, then the right one", async () => {
  const ada = person("wrong", PASSWORD);
  const connection = await login("ada", ada);
  await connection.becomeRoot();
  expect(ada.asked[1]).toMatch(/^Sorry, try again\.\n\[sudo\]/);
});

test("a rule for some commands only is said to be too little", async () => {
  await extra("other ALL=(root) NOPASSWD: /usr/bin/id");
  const error = await failure((await login("other", person(PASSWORD))).becomeRoot());
  expect([error.code, error.message]).toEqual(["sudo-refused", expect.stringContaining("not allowed")]);
});

test("one password answers for all hosts of a run, and a host that refuses it is asked about again", async () => {
  const ada = person("wrong", PASSWORD);
  const passwords = new SudoPasswords(ada, 3);
  const want = (host: string, ...refused: string[]) =>
    passwords.get({ user: "ada", host, refused: new Set(refused), mayAsk: true });
  expect(await Promise.all([want("h1"), want("h2"), want("h3")])).toEqual(["wrong", "wrong", "wrong"]);
  expect(await Promise.all([want("h1", "wrong"), want("h2", "wrong")])).toEqual([PASSWORD, PASSWORD]);
  expect(ada.asked).toHaveLength(2);
});

test("login by password and by the host's own questions, and refused clearly where nobody can answer", async () => {
  const only = "PreferredAuthentications keyboard-interactive,password\n";
  const byPassword = person(PASSWORD);
  expect((await (await login("ada", byPassword, only)).exec(["id", "-un"])).stdout).toBe("ada\n");
  expect(byPassword.asked).toEqual([expect.stringMatching(/^ada@\S+'s password: $/)]);
  await sshd("PasswordAuthentication no\nKbdInteractiveAuthentication yes\n");
  const byQuestions = person("wrong", PASSWORD);
  expect((await (await login("ada", byQuestions, only)).exec(["id", "-un"])).stdout).toBe("ada\n");
  expect(byQuestions.asked).toEqual(Array(2).fill(expect.stringMatching(/^\(ada@\S+\) Password: $/)));
  const alone = await failure(login("ada", nobody, only));
  expect([alone.code, alone.message, alone.hint]).toEqual([
    "authentication",
    expect.stringContaining("it takes keyboard-interactive, and nobody can be asked"),
    expect.stringContaining("terminal"),
  ]);
  await sshd("AuthenticationMethods publickey,keyboard-interactive\nKbdInteractiveAuthentication yes\n");
  const both = await login("ada", person(PASSWORD));
  expect((await both.exec(["id", "-un"])).stdout).toBe("ada\n");
  expect(both.publicKey).toMatch(/^ssh-/);
  await sshd("");
});

test("install, doctor, status, session list and uninstall work for a user with sudo, at the terminal and without", async () => {
  const name = `host${host.number}`;
  const before = await snapshot(host);
  const words = [
    "install",
    `ada@${name}`,
    "--user",
    "dev",
    "--claude-version",
    "none",
    "--ssh-config",
    operator.sshConfig,
  ];
  const env = { PATH: process.env.PATH!, HOME: operator.home, LANG: "C.UTF-8" };
  const refused = await operator.run([
    "install",
    `ada@${name}`,
    "--user",
    "dev",
    "--claude-version",
    "none",
    "--json",
  ]);
  expect(refused.json.at(-1)).toMatchObject({ ok: false, error: { code: "sudo-password" } });
  expect(difference(before, await snapshot(host))).toEqual([]);

  const typed = atTerminal([BINARY, ...words], [["[sudo] password for ada", `${PASSWORD}\r`]], {
    env,
    timeout: 110_000,
    typed: "once", // what asked for it has gone on: a terminal shows what is typed then
  });
  expect(typed.status, typed.screen).toBe(0);
  expect(typed.screen).not.toContain(PASSWORD);
  const free = `free@${name}`;
  expect(await operator.summary(["install", free, "--user", "dev", "--claude-version", "none"]))
    .toMatchObject({
      ...{ ok: true, changed: 0, sentBytes: 0 },
    });
  expect((await operator.summary(["status", free])).users).toMatchObject([{ name: "dev" }]);
  expect((await operator.summary(["doctor", free])).findings).toBeInstanceOf(Array);
  expect((await operator.summary(["session", "list", free])).sessions).toEqual([]);
  // A managed user without sudo is told what concerns this user.
  expect((await operator.summary(["status", `dev@${name}`])).users).toMatchObject([{ name: "dev" }]);
  expect(await operator.summary(["uninstall", free, "--yes"])).toMatchObject({ ok: true });
  expect(await host.sh("ls /usr/local/bin")).toBe("");
});
