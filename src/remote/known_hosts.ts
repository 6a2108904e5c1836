import { createHmac, randomBytes } from "node:crypto";
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { errno, Failure } from "../errors.ts";
import { matchesList } from "./pattern.ts";

/** A line of a known_hosts file. `key` is the key's wire format in base64. */
export interface KnownLine {
  file: string;
  line: number;
  hosts: string;
  revoked: boolean;
  type: string;
  key: string;
}

/** What the files say of a key that a host has shown; `line` is the one that decided. */
export type Verdict =
  | { status: "known" }
  | { status: "unknown"; otherKeys: KnownLine[] }
  | { status: "changed" | "revoked"; line: KnownLine };

/** The name under which ssh files a host: `[host]:port` unless the port is 22. */
export function hostKeyName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** All usable lines of the files that exist. Malformed lines and `@cert-authority` are passed over. */
export async function readKnownHosts(files: string[]): Promise<KnownLine[]> {
  const lines: KnownLine[] = [];
  for (const file of files) {
    const text = await readFile(file, "utf8").catch((error) => {
      if (errno(error) === "ENOENT" || errno(error) === "ENOTDIR") return "";
      throw new Failure(`cannot read ${file}`, { hint: String(errno(error) ?? error), cause: error });
    });
    for (const [index, content] of text.split("\n").entries()) {
      const parsed = parseLine(content);
      if (parsed !== undefined) lines.push({ file, line: index + 1, ...parsed });
    }
  }
  return lines;
}

function parseLine(content: string): Omit<KnownLine, "file" | "line"> | undefined {
  const words = content.trim().split(/[ \t]+/);
  if (words[0]!.startsWith("#")) return undefined;
  const marker = words[0]!.startsWith("@") ? words.shift() : undefined;
  if (marker !== undefined && marker !== "@revoked") return undefined;
  const [hosts, type, key] = words;
  if (hosts === undefined || type === undefined || key === undefined || keyType(key) !== type) {
    return undefined;
  }
  return { hosts, revoked: marker === "@revoked", type, key };
}

/** The type named inside a key in wire format, or undefined for anything that is no key. */
export function keyType(base64: string): string | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const blob = Buffer.from(base64, "base64");
  const length = blob.length < 4 ? 0 : blob.readUInt32BE(0);
  return length === 0 || blob.length <= 4 + length ? undefined : blob.toString("latin1", 4, 4 + length);
}

/** Whether the line speaks of this host (name in lower case). */
export function isFor(line: Pick<KnownLine, "hosts">, name: string): boolean {
  if (!line.hosts.startsWith("|")) return matchesList(line.hosts.toLowerCase().split(","), name);
  const [, version, salt, hash] = line.hosts.split("|");
  return version === "1" && salt !== undefined && hash !== undefined && hashed(name, salt) === hash;
}

function hashed(name: string, salt: string): string {
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64");
}

/** All ECDSA curves are one family: a host has one of them. */
function family(type: string): string {
  return type.startsWith("ecdsa-sha2-") ? "ecdsa" : type;
}

/** Judges a key as ssh does: a revoked line wins, then the same key, then another key of the same type. */
export function judgeKey(lines: KnownLine[], host: string, port: number, key: Buffer): Verdict {
  const base64 = key.toString("base64");
  const ours = lines.filter((line) => isFor(line, hostKeyName(host, port)));
  const revoked = ours.find((line) => line.revoked && line.key === base64);
  if (revoked !== undefined) return { status: "revoked", line: revoked };
  const valid = ours.filter((line) => !line.revoked);
  if (valid.some((line) => line.key === base64)) return { status: "known" };
  const changed = valid.find((line) => family(line.type) === family(keyType(base64) ?? ""));
  if (changed !== undefined) return { status: "changed", line: changed };
  // As ssh: a key filed without its port is good for every port of the host.
  if (port !== 22 && valid.length === 0 && judgeKey(lines, host, 22, key).status === "known") {
    return { status: "known" };
  }
  return { status: "unknown", otherKeys: valid };
}

/** The key types that are known for the host, to be asked for first, so that a known key is the one we get to see. */
export function knownTypes(lines: KnownLine[], host: string, port: number): string[] {
  const named = (name: string) =>
    lines.filter((line) => !line.revoked && isFor(line, name)).map(({ type }) => type);
  const types = named(hostKeyName(host, port));
  return [...new Set(types.length > 0 ? types : named(hostKeyName(host, 22)))];
}

/** Adds a key, in a file of mode 0600 and a directory of 0700 where they have to be made. */
export async function addKnownHost(
  file: string,
  entry: { host: string; port: number; key: Buffer; hashed: boolean },
): Promise<void> {
  const name = hostKeyName(entry.host, entry.port);
  const salt = randomBytes(20).toString("base64");
  const base64 = entry.key.toString("base64");
  const line = `${entry.hashed ? `|1|${salt}|${hashed(name, salt)}` : name} ${keyType(base64)} ${base64}\n`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const before = await readFile(file).catch(() => Buffer.alloc(0));
    const gap = before.length > 0 && before.at(-1) !== 0x0a ? "\n" : "";
    await appendFile(file, gap + line, { mode: 0o600 });
  } catch (error) {
    throw new Failure(`cannot write ${file}`, { hint: String(errno(error) ?? error), cause: error });
  }
}
