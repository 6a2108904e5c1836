/**
 * What of ours stays in memory while a session runs: processes whose executable is claude-ops, and their proportional
 * memory (Pss) in bytes. Usage: left_behind.ts [BINARY]. JSON on stdout.
 */
import { spawn } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { report } from "./report.ts";

const home = mkdtempSync(join(tmpdir(), "claude-ops-bench-"));
// Its scratch home in their environment tells the processes of this run from all others.
const binary = join(home, "claude-session");
symlinkSync(realpathSync(resolve(process.argv[2] ?? "dist/claude-ops")), binary);
writeFileSync(join(home, "claude"), "#!/bin/sh\nexec sleep 30\n", { mode: 0o755 });
const env = {
  HOME: home,
  PATH: "/usr/bin:/bin",
  CLAUDE_OPS_CLAUDE: join(home, "claude"),
  npm_config_registry: "http://127.0.0.1:9/",
};
const child = spawn(binary, [], { env, cwd: home, stdio: "ignore" });
try {
  // Time enough for the check in the background to give up.
  await setTimeout(8000);
  const ours = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && isOurs(pid));
  if (!readlinkSync(`/proc/${child.pid}/exe`).endsWith("sleep")) {
    throw new Error("the process that was started did not become Claude Code");
  }
  const bytes = ours.reduce((sum, pid) => sum + pss(pid), 0);
  report([{
    what: "memory that stays behind per session",
    measured: `${bytes} B in ${ours.length} processes`,
    goal: { text: "0 B", met: bytes === 0 },
  }]);
} finally {
  child.kill("SIGKILL");
  rmSync(home, { recursive: true, force: true });
}

function isOurs(pid: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) === realpathSync(binary) &&
      readFileSync(`/proc/${pid}/environ`, "utf8").includes(home);
  } catch {
    return false;
  }
}

function pss(pid: string): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0) *
    1024;
}
