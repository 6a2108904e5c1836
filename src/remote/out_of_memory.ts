import { Failure } from "../errors.ts";
import type { Connection } from "./connection.ts";
import type { HostFacts } from "./probe.ts";

/** What claude-ops takes of its own beside the file that it is (KiB), measured as private memory of an install. */
const NEEDED_KIB = 32 << 10;
/** Below that, memory is a likely reason for a connection that the host closed (KiB). */
const TIGHT_KIB = 256 << 10;

const mebibytes = (kib: number) => `${Math.max(0, Math.round(kib / 1024))} MiB`;

/** A program that has too little crawls without an end, so nothing is begun. @throws {Failure} `out-of-memory` */
export function requireMemory(host: string, { freeMemoryKib }: HostFacts): void {
  if (freeMemoryKib >= NEEDED_KIB) return;
  throw new Failure(
    `${host} has ${mebibytes(freeMemoryKib)} of memory free, and about ${mebibytes(NEEDED_KIB)} are needed`,
    { hint: "end something there or give it more memory; nothing was changed", code: "out-of-memory" },
  );
}

const COUNT = "while read -r name value; do test $name = oom_kill && echo $value; done </proc/vmstat";

/**
 * Where the host's end was killed: whether its kernel has ended something for lack of memory meanwhile. Where the host
 * closed the connection, nobody can be asked any more: then it is told how little it had.
 */
export async function explainKill(
  connection: Connection,
  facts: HostFacts,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof Failure)) return error;
  const host = connection.target.text;
  const advice = "end something there or give it more memory, then run the same command again";
  if (error.code === "connection-lost" && facts.freeMemoryKib < TIGHT_KIB) {
    return new Failure(
      `${error.message}; it had ${mebibytes(facts.freeMemoryKib)} of memory free at the begin`,
      {
        hint: `nothing is half done: ${advice}`,
        code: error.code,
      },
    );
  }
  if (error.details.signal !== "SIGKILL") return error;
  const counted = await connection.exec(["sh", "-c", COUNT], { timeout: 10_000 }).catch(() => undefined);
  if (counted === undefined || !(Number(counted.stdout.trim()) > facts.outOfMemoryKills)) return error;
  return new Failure(`${host} ran out of memory: its kernel ended claude-ops`, {
    hint: advice,
    code: "out-of-memory",
    cause: error,
  });
}
