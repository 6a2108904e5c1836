import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { median } from "./median.ts";
import type { Traffic } from "./own_disk.ts";

/** What a command costs. */
export interface Cost extends Traffic {
  ms: number;
  /** CPU time of it (ms). */
  cpu: number;
  /** The most memory that it had (bytes). */
  memory: number;
}

/** Runs a command to its end. @param figures a file that it may use */
export function costOf(
  argv: readonly string[],
  env: Record<string, string>,
  figures: string,
  traffic: () => Traffic,
): Cost & { stdout: string } {
  const before = traffic();
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync("/usr/bin/time", ["-f", "%U %S %M", "-o", figures, ...argv], {
    env: { PATH: "/usr/bin:/bin", ...env },
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const ms = performance.now() - begin;
  if (status !== 0) throw new Error(`${argv.join(" ")}: ${status} ${stderr}`);
  const [user, system, memory] = readFileSync(figures, "utf8").trim().split(" ").map(Number);
  const after = traffic();
  return {
    ms,
    cpu: (user! + system!) * 1000,
    memory: memory! * 1024,
    reads: after.reads - before.reads,
    read: after.read - before.read,
    writes: after.writes - before.writes,
    written: after.written - before.written,
    stdout,
  };
}

/** What several runs of one command read and wrote, each figure by itself. */
export function trafficInWords(costs: readonly Cost[]): string {
  const part = (bytes: "read" | "written", calls: "reads" | "writes") =>
    `${megabytes(costs, bytes)} in ${
      Math.round(median(costs.map((cost) => cost[calls]))).toLocaleString("en")
    } ${calls}`;
  return `${part("read", "reads")}, ${part("written", "writes")}`;
}

export function megabytes(costs: readonly Cost[], key: "memory" | "read" | "written"): string {
  return `${Math.round(median(costs.map((cost) => cost[key])) / 1e6)} MB`;
}
