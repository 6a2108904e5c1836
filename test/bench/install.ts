/**
 * Install over SSH against the same steps done by hand in one bare ssh connection (send the binary, one shell script).
 * Usage: install.ts [ROUNDS]. Fresh lab hosts; medians; JSON on stdout.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Lab } from "../host/lab.ts";
import { BINARY, Operator } from "../host/ops.ts";
import { median } from "./median.ts";
import { compare, report, rounded } from "./report.ts";

const rounds = Number(process.argv[2] ?? 5);

/** What install does on a host, as somebody would write it who trusts that all goes well. The binary comes on stdin. */
const byHand = `
set -e
cat > /usr/local/bin/claude-ops.new; chmod 0755 /usr/local/bin/claude-ops.new; mv /usr/local/bin/claude-ops.new /usr/local/bin/claude-ops
id dev >/dev/null 2>&1 || useradd --create-home --shell /bin/bash --password '*' dev
loginctl enable-linger dev
install -d -m 755 /etc/claude-ops /etc/claude-ops/users /opt/claude-code /opt/claude-code/versions
echo '{}' > /etc/claude-ops/users/dev.json
echo 'dev ALL=(root:root) NOPASSWD:NOSETENV: /usr/local/bin/claude-ops update --system --json' > /etc/sudoers.d/claude-update
chmod 0440 /etc/sudoers.d/claude-update; visudo -cf /etc/sudoers.d/claude-update >/dev/null
ln -sfn /opt/claude-code/current/claude /usr/local/bin/claude
for job in cleanup update; do
  printf '[Service]\\nType=oneshot\\nUser=%%i\\nExecStart=/usr/local/bin/claude-ops %s\\n' $job > /etc/systemd/system/claude-ops-$job@.service
  printf '[Timer]\\nOnCalendar=daily\\n[Install]\\nWantedBy=timers.target\\n' > /etc/systemd/system/claude-ops-$job@.timer
done
systemctl daemon-reload
systemctl enable --now --quiet claude-ops-cleanup@dev.timer claude-ops-update@dev.timer
runuser -u dev -- sh -c 'umask 077; cd; mkdir -p .ssh .claude/bin .claude/sessions .claude/ops .claude/skills .claude/agents .claude/commands .claude/plugins
  echo "ssh-ed25519 AAAA x" >> .ssh/authorized_keys; touch .claude/CLAUDE.md; echo "{}" > .claude/settings.json; ln -sfn /usr/local/bin/claude-ops .claude/bin/claude-session'
`;

const operator = new Operator();
const times: Record<string, number[]> = { byHand: [], install: [], byHandAgain: [], installAgain: [] };
const bytes: Record<string, number[]> = { wire: [], again: [] };
const program = readFileSync(BINARY);
try {
  for (let round = 0; round < rounds; round++) {
    const [plain, ours] = [await Lab.host(), await Lab.host()];
    times.byHand!.push(time(() => bare(plain.number, program)));
    times.byHandAgain!.push(time(() => bare(plain.number, program)));
    const before = (await ours.bytes()).received;
    times.install!.push(await timeRun(ours.number));
    const after = (await ours.bytes()).received;
    times.installAgain!.push(await timeRun(ours.number));
    bytes.wire!.push(after - before);
    bytes.again!.push((await ours.bytes()).received - after);
    await Promise.all([plain.down(), ours.down()]);
  }
  const mb = (count: number) => `${(count / 1e6).toFixed(1)} MB`;
  report([
    compare("install of a fresh host", times.install!, "by hand in one bare ssh connection", times.byHand!),
    compare(
      "install again, nothing to change",
      times.installAgain!,
      "the script by hand again",
      times.byHandAgain!,
    ),
    {
      what: "bytes on the wire for the binary",
      measured: mb(median(bytes.wire!)),
      yardstick: `the binary: ${mb(program.length)}`,
      ratio: rounded(median(bytes.wire!) / program.length),
      goal: 0.45,
    },
    { what: "bytes on the wire for an install again", measured: mb(median(bytes.again!)) },
  ], { rounds });
} finally {
  operator.remove();
}

function bare(number: number, input: Uint8Array): void {
  const argv = [
    "-F",
    operator.sshConfig,
    "-o",
    "BatchMode=yes",
    `host${number}`,
    `/bin/sh -c '${byHand.replaceAll("'", `'\\''`)}'`,
  ];
  const done = spawnSync("ssh", argv, { input, encoding: "utf8" });
  if (done.status !== 0) throw new Error(`by hand: ${done.stderr}`);
}

async function timeRun(number: number): Promise<number> {
  const begin = performance.now();
  const done = await operator.run(["install", `host${number}`, "--user", "dev", "--claude-version", "none"]);
  if (done.code !== 0) throw new Error(done.stderr + done.stdout);
  return performance.now() - begin;
}

function time(work: () => void): number {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}
