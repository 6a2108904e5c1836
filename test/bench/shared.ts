/**
 * `install --shared` against rsync of the same 73 skills with 2,000 small files, each over one open connection: all of it,
 * one file changed, and nothing changed. What install does beside that is not counted.
 * Ours waits until it is on the disk, rsync does not.
 * Usage: shared.ts [ROUNDS]. Lab host; medians; JSON on stdout.
 */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { connect } from "../../src/remote/connect.ts";
import { nobody } from "../../src/remote/interaction.ts";
import { shareWith } from "../../src/remote/share_with.ts";
import { parseTarget } from "../../src/remote/target.ts";
import { KnownHashes } from "../../src/shared/known_hashes.ts";
import { scan } from "../../src/shared/scan.ts";
import { Lab } from "../host/lab.ts";
import { Operator } from "../host/ops.ts";
import { compare, report } from "./report.ts";

const rounds = Number(process.argv[2] ?? 7);
const directory = mkdtempSync(`${tmpdir()}/shared-bench-`);
let files = 0;
for (let skill = 0; skill < 73; skill++) {
  mkdirSync(`${directory}/skills/skill-${skill}/scripts`, { recursive: true });
  writeFileSync(`${directory}/skills/skill-${skill}/SKILL.md`, `# Skill ${skill}\n`);
  for (let number = 0; files < 2000 && number < 27; number++, files++) {
    // About 3 KB that compress by a quarter, as base64 does.
    const content = randomBytes(500 + (number * 163) % 4000).toString("base64");
    writeFileSync(`${directory}/skills/skill-${skill}/scripts/${number}.txt`, content);
  }
}

const operator = new Operator();
const host = await Lab.host();
const installed = await operator.summary([
  "install",
  `host${host.number}`,
  "--user",
  "dev",
  "--claude-version",
  "none",
]);
if (!installed.ok) throw new Error(JSON.stringify(installed));
const target = parseTarget(`host${host.number}`);
const connection = await connect(target, { configFile: operator.sshConfig, interaction: nobody });
const control = `${directory}.sock`;
const ssh = ["-F", operator.sshConfig, "-o", "BatchMode=yes", "-o", `ControlPath=${control}`];
run(["ssh", ...ssh, "-o", "ControlMaster=yes", "-o", "ControlPersist=600", "-f", "-N", `host${host.number}`]);

const ms: Record<string, number[]> = {
  all: [],
  one: [],
  none: [],
  rsyncAll: [],
  rsyncOne: [],
  rsyncNone: [],
};
try {
  for (let round = 0; round < rounds; round++) {
    await host.sh("rm -rf /home/dev/.claude/skills/* /srv/skills");
    const steps: [mine: () => Promise<void>, rsyncs: string][] = [
      [() => ours("all", "shared"), "rsyncAll"],
      [() => (change(round), ours("one", `shared:skills/skill-${round}`)), "rsyncOne"],
      [() => ours("none"), "rsyncNone"],
    ];
    for (const [mine, rsyncs] of steps) {
      // Ours waits for the disk, so it must not have to wait for what another one left to be written.
      await host.exec(["sync"]);
      await mine();
      theirs(rsyncs);
    }
  }
  const row = (what: string, name: string, yardstick: string) => {
    const title = `install --shared, 73 skills, 2,000 files: ${what}`;
    return compare(title, ms[name]!, "rsync -az over an open connection", ms[yardstick]!);
  };
  report([
    row("all", "all", "rsyncAll"),
    row("one changed", "one", "rsyncOne"),
    row("nothing changed", "none", "rsyncNone"),
  ], { rounds });
} finally {
  spawnSync("ssh", [...ssh, "-O", "exit", `host${host.number}`]);
  connection.close();
  operator.remove();
  rmSync(directory, { recursive: true });
  rmSync(`${directory}.hashes`, { force: true });
  await host.down();
}

function change(round: number): void {
  writeFileSync(`${directory}/skills/skill-${round}/SKILL.md`, `# Changed ${round}\n`);
}

/** The directory is read anew each time, as a run of install does. */
async function ours(name: string, changes?: string): Promise<void> {
  const begin = performance.now();
  const shared = { scan: scan(directory, new KnownHashes(`${directory}.hashes`)), mirror: true };
  const order = { user: "dev", check: false, shared, report: () => {} } as unknown as Parameters<
    typeof shareWith
  >[1];
  const steps = await shareWith(connection, order, "/usr/local/bin/claude-ops", []);
  ms[name]!.push(performance.now() - begin);
  const changed = steps.find((step) => step.changed)?.id;
  if (changed !== changes || steps.some(({ status }) => status === "failed")) {
    throw new Error(JSON.stringify(steps));
  }
}

function theirs(name: string): void {
  const begin = performance.now();
  run([
    "rsync",
    "-az",
    "--delete",
    "-e",
    `ssh ${ssh.join(" ")}`,
    `${directory}/skills`,
    `host${host.number}:/srv/`,
  ]);
  ms[name]!.push(performance.now() - begin);
}

function run([program, ...words]: string[]): void {
  const done = spawnSync(program!, words, { encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
  if (done.status !== 0) throw new Error(`${program}: ${done.stderr}`);
}
