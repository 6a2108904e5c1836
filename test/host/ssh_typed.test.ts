import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { connect } from "../../src/remote/connect.ts";
import { nobody } from "../../src/remote/interaction.ts";
import { parseTarget } from "../../src/remote/target.ts";
import { TERMINAL } from "../process/at_terminal.ts";
import { type Host, Lab } from "./lab.ts";
import { run } from "./login_host.ts";
import { BINARY, Operator } from "./ops.ts";

// The real ssh and claude-ops at a terminal, with the same configuration, to the same host.
const PASSWORD = "open sesame";
let host: Host;
let operator: Operator;
let mute: Server;

beforeAll(async () => {
  operator = new Operator();
  host = await Lab.host();
  await host.sh(SETUP, { input: PASSWORD });
  mute = createServer(() => {}).listen(0, "127.0.0.1");
});
afterAll(async () => {
  mute.close();
  operator.remove();
  await host.down();
});

// sshd takes passwords of `pat`, asks `kim` itself, and does either with `bo`. A wrong password takes no two seconds here.
const SETUP = `
set -e
password=$(cat)
for user in pat kim bo; do
  useradd --create-home --shell /bin/bash $user
  echo "$user:$password" | chpasswd
done
sed -i 's/pam_unix.so/& nodelay/' /etc/pam.d/common-auth
cat > /etc/ssh/sshd_config.d/extra.conf <<EOF
KbdInteractiveAuthentication yes
Match User pat
  KbdInteractiveAuthentication no
Match User kim
  PasswordAuthentication no
EOF
systemctl restart ssh
`;

const configure = (name: string, text: string) => {
  const file = join(operator.home, `config-${name.replaceAll(/\W/g, "-")}`);
  // The first that is said counts; a busy machine may take its time.
  writeFileSync(file, `${text}\nInclude ${Lab.sshConfig}\nConnectTimeout 60\n`);
  return file;
};

/** What was asked, `p` for a password by ssh and `k` for a question of the host, and whether it led in. */
async function typed(argv: string[], answers: string[], isIn: RegExp): Promise<string> {
  const keys = answers.map((answer) => ["assword: ", `${answer}\r`]);
  const env = { HOME: operator.home, SSH_AUTH_SOCK: "" };
  const words = ["python3", "-c", TERMINAL, JSON.stringify(argv), JSON.stringify(keys), "once"];
  const screen = String((await run(words, { env, timeout: 110_000 })).stdout);
  for (const answer of answers.filter(Boolean)) expect(screen).not.toContain(answer);
  const asked = [...screen.matchAll(/('s p|\(\w+@[\w.]+\) P)assword: /g)].map(([, by]) =>
    by === "'s p" ? "p" : "k"
  );
  return `${asked.join("")}${isIn.test(screen) ? " in" : ""}`;
}

const [right, wrong] = [PASSWORD, "wrong"];
test.concurrent.each<[what: string, user: string, lines: string, answers: string[], outcome: string]>([
  ["the right password", "pat", "", [right], "p in"],
  ["a wrong one, then the right one", "pat", "", [wrong, right], "pp in"],
  ["nothing but Enter, then the right one", "pat", "", ["", right], "pp in"],
  ["three wrong ones", "pat", "", [wrong, wrong, wrong, right], "ppp"],
  ["one try", "pat", "NumberOfPasswordPrompts 1", [wrong, right], "p"],
  ["no password wanted here", "pat", "PasswordAuthentication no", [right], ""],
  ["nobody to be asked", "pat", "BatchMode yes", [right], ""],
  ["keys alone", "pat", "PreferredAuthentications publickey", [right], ""],
  ["the host asks", "kim", "", [right], "k in"],
  ["the host asks twice", "kim", "", [wrong, right], "kk in"],
  ["the host asks three times", "kim", "", [wrong, wrong, wrong, right], "kkk"],
  ["the host must not ask", "kim", "KbdInteractiveAuthentication no", [right], ""],
  ["passwords alone, which it does not take", "kim", "PreferredAuthentications password", [right], ""],
  ["the host asks first where it does both", "bo", "", [wrong, wrong, wrong, right], "kkkp in"],
  [
    "the password first, as preferred",
    "bo",
    "PreferredAuthentications password,keyboard-interactive",
    [right],
    "p in",
  ],
  // sshd hangs up after six: `MaxAuthTries`.
  ["too many tries", "bo", "NumberOfPasswordPrompts 9", Array(9).fill(wrong), "kkkkkk"],
])("ssh and we ask as often, and get in or do not: %s", async (what, user, lines, answers, outcome) => {
  const file = configure(what, `PubkeyAuthentication no\n${lines}`);
  const place = `${user}@host${host.number}`;
  const [ssh, ours] = await Promise.all([
    typed(["ssh", "-F", file, place, "echo got in"], answers, /^got in/m),
    // Nothing is installed there, which only somebody who got in can say.
    typed([BINARY, "status", place, "--ssh-config", file], answers, /is not installed on/),
  ]);
  expect({ ssh, ours }).toEqual({ ssh: outcome, ours: outcome });
});

/** How both end that run `command` there, and how many seconds after the host was frozen, which is once it is `ready`. */
async function endings(name: string, lines: string, command: string, ready?: () => Promise<unknown>) {
  const [file, place] = [configure(name, lines), `host${host.number}`];
  let started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const real = run(["ssh", "-F", file, "-o", "BatchMode=yes", place, command])
    .then(({ status, stderr }) => ({ status, stderr, after: seconds() }));
  const options = { interaction: nobody, configFile: file, home: operator.home, env: {} };
  const ours = connect(parseTarget(place), options).then((connection) =>
    connection.exec(["sh", "-c", command])
  )
    .then(() => undefined, ({ code }) => ({ code, after: seconds() }));
  if (ready) {
    await ready();
    started = performance.now();
    await host.freeze();
  }
  return { ssh: await real, ours: await ours };
}

test("a server that says nothing: both wait as long as ConnectTimeout says", async () => {
  const { port } = mute.address() as { port: number };
  const lines = `ConnectTimeout 1\nHostName 127.0.0.1\nPort ${port}`;
  const { ssh, ours } = await endings("mute", lines, "true");
  expect([ssh.status, ssh.stderr, ours?.code]).toEqual([
    255,
    expect.stringContaining("timed out"),
    "timeout",
  ]);
  expect(Math.min(ssh.after, ours!.after)).toBeGreaterThan(0.9);
});

test("a host that freezes: both give up as ServerAlive says, and reach it no more within ConnectTimeout", async () => {
  const command = "mktemp /tmp/begun.XXXXXX; exec sleep 100";
  const count = ["sh", "-c", "ls /tmp/begun.* | wc -l"];
  const begun = () => vi.waitFor(async () => expect((await host.exec(count)).trim()).toBe("2"), 30_000);
  const { ssh, ours } = await endings(
    "silent",
    "ServerAliveInterval 1\nServerAliveCountMax 2",
    command,
    begun,
  );
  const said = [ssh.status, ssh.stderr, ours?.code];
  expect(said).toEqual([255, expect.stringContaining("not responding"), "connection-lost"]);
  // Three times a second without an answer; a part of the first was over.
  expect(Math.min(ssh.after, ours!.after)).toBeGreaterThan(1.9);
  expect(Math.abs(ssh.after - ours!.after)).toBeLessThan(6);
  const again = await endings("frozen", "ConnectTimeout 1", "true");
  const refused = [again.ssh.status, again.ssh.stderr, again.ours?.code];
  expect(refused).toEqual([255, expect.stringContaining("timed out"), "timeout"]);
});
