import { Failure } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { doesNotStart } from "./does_not_start.ts";
import { Patience } from "./patience.ts";
import type { HostFacts } from "./probe.ts";
import { receiver, STATUS } from "./receive.ts";
import { SHA256 } from "./shell_hash.ts";
import { Wire } from "./wire.ts";
import { PLAIN, type WireFormat } from "./wire_format.ts";

export interface Upload {
  /** The file here. */
  source: string;
  sha256: string;
  /** Bytes. */
  size: number;
  /** Absolute path on the host, in a directory that only its owner can write to. */
  destination: string;
  /** Octal, e.g. `0755`. */
  mode: string;
  format: WireFormat;
  /** It is this program: one that does not start there is not put in place. */
  isProgram?: boolean;
  facts: Pick<HostFacts, "freeKib" | "installed">;
  /** Bytes that are over the wire, and how many there are to go in all. */
  onProgress?: (sent: number, total: number) => void;
}

/** What an earlier try has left on the host. */
interface Leftover {
  size: number;
  sha256: string;
}

const HASH = `${SHA256}; test -f $1 && sha256 < $1`;

/**
 * Puts a file on the host: nothing is sent where it is there already, and only the rest where an earlier try was cut.
 * At any moment the destination is the old file or the new one, checked on the host.
 * @returns whether it had to be sent
 * @throws {Failure} `disk-full`, `read-only`, `upload`, `does-not-start`, `connection-lost`
 */
export async function upload(connection: Connection, order: Upload): Promise<boolean> {
  const { destination, sha256 } = order;
  // The path stands unquoted in the host's command lines.
  if (!/^(\/[\w.@+-]+)+$/.test(destination)) throw new TypeError(`not a plain absolute path: ${destination}`);
  if (await hashThere(connection, order) === sha256) return false;
  const wire = await Wire.of(order.source, sha256, order.format);
  // What arrives is unpacked beside itself.
  requireSpace(connection, order, order.size + (order.format === PLAIN ? 0 : wire.size));

  const there = Promise.withResolvers<Leftover | undefined>();
  let said = "";
  const patience = new Patience();
  const onStdout = (chunk: Buffer) => {
    patience.hear(chunk.length);
    const [, size, hash] = /^have (\d+) ([0-9a-f]{64})/m.exec(said += chunk) ?? [];
    if (size !== undefined) there.resolve({ size: Number(size), sha256: hash! });
  };
  async function* content() {
    const left = await there.promise;
    if (left === undefined) return;
    const resumes = left.size > 0 && left.size <= wire.size && await wire.hashOf(left.size) === left.sha256;
    yield Buffer.from(resumes ? "resume\n" : "fresh\n");
    let sent = resumes ? left.size : 0;
    for await (const chunk of wire.bytes(sent)) {
      yield chunk;
      connection.sentBytes += chunk.length;
      order.onProgress?.(sent += chunk.length, wire.size);
    }
  }
  const words = [
    destination,
    sha256,
    order.mode,
    `${sha256.slice(0, 16)}-${order.format.name}`,
    String(wire.size),
  ];
  const running = connection.exec([
    "/bin/sh",
    "-c",
    receiver(order.format, order.isProgram),
    "claude-ops-upload",
    ...words,
  ], {
    stdin: content(),
    onStdout,
  });
  // Where the host ends before it says so, there is nobody to send to.
  const { code, stderr } = await running.finally(() => there.resolve(undefined));
  if (code === 0) return true;
  throw explain(connection, order, code, stderr);
}

async function hashThere(
  connection: Connection,
  { destination, facts }: Upload,
): Promise<string | undefined> {
  if (facts.installed?.path === destination) return facts.installed.sha256;
  const { stdout } = await connection.exec(["/bin/sh", "-c", HASH, "claude-ops-hash", destination]);
  return /^[0-9a-f]{64}/.exec(stdout)?.[0];
}

function requireSpace(connection: Connection, { destination, facts }: Upload, bytes: number): void {
  const place = (Object.keys(facts.freeKib) as (keyof HostFacts["freeKib"])[])
    .find((directory) => destination.startsWith(`${directory}/`));
  if (place === undefined) return;
  const needed = Math.ceil(bytes / 1024);
  if (facts.freeKib[place] >= needed) return;
  throw new Failure(
    `${connection.target.text} has ${mib(facts.freeKib[place])} free for ${place}, and ${
      mib(needed)
    } are needed`,
    { hint: "free some space there, nothing was sent", code: "disk-full" },
  );
}

function mib(kib: number): string {
  return `${(kib / 1024).toFixed(1)} MiB`;
}

function explain(connection: Connection, order: Upload, code: number | null, stderr: string): Failure {
  const what = `${order.destination} could not be written on ${connection.target.text}`;
  const said = stderr.trim().split("\n").at(-1);
  if (/No space left|Disk quota/i.test(stderr)) {
    return new Failure(`${what}: the disk is full`, {
      hint: "free some space there, the old file is untouched",
      code: "disk-full",
    });
  }
  if (/Read-only file system/i.test(stderr)) {
    return new Failure(`${what}: the file system there is read-only`, {
      hint: "dmesg on the host says why; the old file is untouched",
      code: "read-only",
    });
  }
  if (code === STATUS.mismatch) {
    return new Failure(`${what}: what arrived is not what was sent${said ? ` (${said})` : ""}`, {
      hint: "run it again",
      code: "upload",
    });
  }
  if (code === STATUS.dead) throw doesNotStart(connection.target.text, stderr);
  const why = code === STATUS.directory
    ? "it is a directory"
    : said || `the command there ended with ${code}`;
  return new Failure(`${what}: ${why}`, { hint: "the old file is untouched", code: "upload" });
}
