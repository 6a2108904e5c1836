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
  /** `@revoked` or `@cert-authority`. */
  marker?: "revoked" | "cert-authority";
  type: string;
  key: string;
}

/** The name under which ssh files a host: `[host]:port` unless the port is 22. */
export function hostKeyName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** All usable lines of the files that exist. Malformed lines are passed over. */
export async function readKnownHosts(files: string[]): Promise<KnownLine[]> {
  const lines: KnownLine[] = [];
  for (const file of files) {
    const text = await readFile(file, "utf8").catch((error) => {
      if (errno(error) === "ENOENT" || errno(error) === "ENOTDIR") return "";
      throw unreadable(file, error);
    });
    lines.push(...linesOf(file, text, parseLine));
  }
  return lines;
}

/**
 * The keys of RevokedHostKeys, one a line. As in ssh, one that cannot be read lets no host in.
 * @throws {Failure} also for a key revocation list in ssh's binary form
 */
export async function readRevokedKeys(files: string[]): Promise<KnownLine[]> {
  const lines: KnownLine[] = [];
  for (const file of files) {
    const text = await readFile(file, "latin1").catch((error) => {
      throw unreadable(file, error);
    });
    if (text.startsWith("SSHKRL")) {
      throw new Failure(`${file} is a binary key revocation list, which claude-ops cannot read`, {
        hint: "RevokedHostKeys can be a file with one public key a line",
        code: "ssh-config",
      });
    }
    lines.push(...linesOf(file, text, (content) => parseLine(`@revoked * ${content.trim()}`)));
  }
  return lines;
}

type Parsed = Omit<KnownLine, "file" | "line">;

function linesOf(file: string, text: string, parse: (content: string) => Parsed | undefined): KnownLine[] {
  return text.split("\n").flatMap((content, index) => {
    const parsed = parse(content);
    return parsed === undefined ? [] : [{ file, line: index + 1, ...parsed }];
  });
}

function unreadable(file: string, error: unknown): Failure {
  return new Failure(`cannot read ${file}`, { hint: String(errno(error) ?? error), cause: error });
}

function parseLine(content: string): Parsed | undefined {
  const words = content.trim().split(/[ \t]+/);
  if (words[0]!.startsWith("#")) return undefined;
  const marker = words[0]!.startsWith("@") ? words.shift()!.slice(1) : undefined;
  if (marker !== undefined && marker !== "revoked" && marker !== "cert-authority") return undefined;
  const [hosts, type, key] = words;
  if (hosts === undefined || type === undefined || key === undefined || keyType(key) !== type) {
    return undefined;
  }
  return { hosts, ...(marker === undefined ? {} : { marker }), type, key };
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
