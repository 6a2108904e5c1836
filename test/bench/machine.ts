import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";

/** On what, when, of what and how it was measured, in a few sentences. `scripts/bench` says how it was called. */
export function machine(env = process.env): string {
  const [cpu] = cpus();
  const system = /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "Linux";
  const version = execFileSync("dist/claude-ops", ["--version"], { encoding: "utf8" }).trim();
  const date = new Date().toISOString().slice(0, 10);
  const { BENCH_COMMAND: command = "scripts/bench", BENCH_LOAD: load, BENCH_MINUTES: minutes } = env;
  return [
    `${date}, ${version}.`,
    `${cpu?.model.trim()}, ${cpus().length} cores, ${
      Math.round(totalmem() / 2 ** 30)
    } GiB; ${system}, Linux ${release()}.`,
    `Measured by \`${command}\`${minutes ? ` in ${minutes} min` : ""}` +
    `${load ? `; load of the machine before: ${load}` : ""}.`,
  ].join(" ");
}
