/**
 * How long a session takes until Claude's execve, against a bash launcher that makes the directory, four links and one
 * background check. Usage: session_start.ts [BINARY] [ROUNDS]. Interleaved rounds; medians; JSON on stdout.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { postponeCheck } from "../../src/sessions/background.ts";
import { compare, report } from "./report.ts";

const binary = resolve(process.argv[2] ?? "dist/claude-ops");
const rounds = Number(process.argv[3] ?? 200);
/** Milliseconds in which a background check ends. */
const pause = 60;
const home = mkdtempSync(join(tmpdir(), "claude-ops-bench-"));

/** The work that session-launching scripts do today, in the plainest bash, with the check that ours starts. */
const yardstick = `#!/bin/bash
id=$(cat /proc/sys/kernel/random/uuid)
dir="$HOME/.claude/sessions/$id"
mkdir -p "$dir"
ln -s "$HOME/.claude/skills" "$dir/skills"
ln -s "$HOME/.claude/agents" "$dir/agents"
ln -s "$HOME/.claude/commands" "$dir/commands"
ln -s "$HOME/.claude/settings.json" "$dir/settings.json"
"$HOME/claude-ops" update --check --quiet </dev/null >/dev/null 2>&1 &
export CLAUDE_CONFIG_DIR="$dir"
exec "$HOME/claude" --session-id "$id" "$@"
`;

try {
  prepare();
  const env = {
    HOME: home,
    PATH: "/usr/local/bin:/usr/bin:/bin",
    CLAUDE_OPS_CLAUDE: join(home, "claude"),
    npm_config_registry: "http://127.0.0.1:9/",
  };
  const stamp = join(home, ".claude/ops/next-update-check");
  const ours = () => time(join(home, "claude-session"), env);
  const candidates: Record<string, () => number> = {
    bash: () => time(join(home, "launcher.bash"), env),
    notDue: () => (postponeCheck(stamp, 3_600_000), ours()),
    due: () => (rmSync(stamp, { force: true }), ours()),
    floor: () => time(join(home, "claude"), env),
  };
  ours();
  const times = Object.fromEntries(Object.keys(candidates).map((name) => [name, [] as number[]]));
  for (let round = -5; round < rounds; round++) {
    for (const [name, run] of Object.entries(candidates)) {
      const taken = run();
      if (round >= 0) times[name]!.push(taken);
      // What the round left running in the background must not slow the next one down.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, name === "floor" ? 0 : pause);
    }
  }
  const row = (what: string, name: string) => compare(what, times[name]!, "bash launcher", times.bash!, 0.75);
  report([
    row("session start until Claude's execve, no check due", "notDue"),
    row("session start until Claude's execve, a check due", "due"),
  ], { rounds, times });
} finally {
  rmSync(home, { recursive: true, force: true });
}

function prepare(): void {
  for (const name of ["skills", "agents", "commands", "sessions", "ops"]) {
    mkdirSync(join(home, ".claude", name), { recursive: true });
  }
  writeFileSync(join(home, ".claude/settings.json"), "{}\n");
  writeFileSync(join(home, "launcher.bash"), yardstick, { mode: 0o755 });
  for (const name of ["claude-session", "claude-ops"]) symlinkSync(binary, join(home, name));
  writeFileSync(join(home, "claude.c"), "int main(void) { return 0; }\n");
  const built = spawnSync("cc", ["-O2", "-static", "-o", join(home, "claude"), join(home, "claude.c")]);
  if (built.status !== 0) copyFileSync("/bin/true", join(home, "claude"));
  chmodSync(join(home, "claude"), 0o755);
}

function time(program: string, env: Record<string, string>): number {
  const begin = performance.now();
  const { status, stderr } = spawnSync(program, [], { env, cwd: home, stdio: ["ignore", "ignore", "pipe"] });
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
  return performance.now() - begin;
}
