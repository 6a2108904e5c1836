import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Failure } from "../errors.ts";
import { compressed } from "./compress.ts";
import type { Connection } from "./connection.ts";
import type { HostFacts } from "./probe.ts";

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
  facts: Pick<HostFacts, "gzip" | "freeKib" | "installed">;
  /** Bytes that went over the wire, and how many there are to go in all. */
  onProgress?: (sent: number, total: number) => void;
}

const STATUS = { mismatch: 65, directory: 66 };

// No quotes, backslashes, line breaks or exclamation marks: every login shell passes it on as it is. $1 destination,
// $2 sha256, $3 mode. The partial file is named by its writer's pid, so that one is a leftover exactly if nobody has
// that pid. Whatever happens before the rename leaves the old file; sync, so that a crash after it leaves the new one.
const receive = (decompress: string) =>
  [
    "umask 077; t=$1.$$.partial",
    `test -d $1 && exit ${STATUS.directory}`,
    "for f in $1.*.partial; do test -f $f || continue; p=${f%.partial}; test -d /proc/${p##*.} || rm -f $f; done",
    "rm -f $t; (umask 022; mkdir -p ${1%/*})",
    `(set -C; ${decompress} > $t) && case $(sha256sum < $t) in $2*) ;; *) (exit ${STATUS.mismatch}) ;; esac && ` +
    "chmod $3 $t && { sync $t || sync; } && mv -f $t $1; s=$?; rm -f $t; exit $s",
  ].join("; ");
const RECEIVE = { gzip: receive("gzip -dc"), plain: receive("cat") };
const HASH = "test -f $1 && sha256sum < $1";

/**
 * Puts a file on the host: nothing is sent where it is there already. At any moment the destination is the old file or the
 * new one, checked on the host.
 * @returns whether it had to be sent
 * @throws {Failure} `disk-full`, `upload`, `connection-lost`
 */
export async function upload(connection: Connection, order: Upload): Promise<boolean> {
  const { destination, sha256 } = order;
  // The path stands unquoted in the host's command lines.
  if (!/^(\/[\w.@+-]+)+$/.test(destination)) throw new TypeError(`not a plain absolute path: ${destination}`);
  if (await hashThere(connection, order) === sha256) return false;
  requireSpace(connection, order);

  const source = order.facts.gzip ? await compressed(order.source, sha256) : order.source;
  const total = (await stat(source)).size;
  async function* content() {
    let sent = 0;
    for await (const chunk of createReadStream(source, { highWaterMark: 1 << 18 })) {
      yield chunk as Buffer;
      connection.sentBytes += chunk.length;
      order.onProgress?.(sent += chunk.length, total);
    }
  }
  const command = order.facts.gzip ? RECEIVE.gzip : RECEIVE.plain;
  const { code, stderr } = await connection.exec(
    ["/bin/sh", "-c", command, "claude-ops-upload", destination, sha256, order.mode],
    { stdin: content() },
  );
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

function requireSpace(connection: Connection, { destination, size, facts }: Upload): void {
  const place = (Object.keys(facts.freeKib) as (keyof HostFacts["freeKib"])[])
    .find((directory) => destination.startsWith(`${directory}/`));
  if (place === undefined) return;
  const needed = Math.ceil(size / 1024);
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
  if (code === STATUS.mismatch) {
    return new Failure(`${what}: what arrived is not what was sent${said ? ` (${said})` : ""}`, {
      hint: "run it again",
      code: "upload",
    });
  }
  const why = code === STATUS.directory
    ? "it is a directory"
    : said || `the command there ended with ${code}`;
  return new Failure(`${what}: ${why}`, { hint: "the old file is untouched", code: "upload" });
}
