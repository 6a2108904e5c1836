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

/** Each figure the median of its own. */
export function medianCost(costs: readonly Cost[]): Cost {
  const of = (key: keyof Cost) => median(costs.map((cost) => cost[key]));
  return {
    ms: of("ms"),
    cpu: of("cpu"),
    memory: of("memory"),
    reads: of("reads"),
    read: of("read"),
    writes: of("writes"),
    written: of("written"),
  };
}

export function costInWords({ ms, cpu, memory, reads, read, writes, written }: Cost): string {
  const [seconds, megabytes] = [
    (time: number) => `${(time / 1000).toFixed(2)} s`,
    (bytes: number) => Math.round(bytes / 1e6),
  ];
  const calls = (count: number) => Math.round(count).toLocaleString("en");
  return `${seconds(ms)}, CPU ${seconds(cpu)}, ${megabytes(memory)} MB memory, ${megabytes(read)} MB in ${
    calls(reads)
  } reads, ` +
    `${megabytes(written)} MB in ${calls(writes)} writes`;
}
