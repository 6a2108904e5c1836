import { hostKeyName, isFor, keyType, type KnownLine } from "./known_hosts.ts";

/** What the files say of a key that a host has shown; `line` is the one that decided. */
export type Verdict =
  | { status: "known" }
  /** Other keys of the host, other names of the key, and authorities whose certificates we cannot check. */
  | { status: "unknown"; otherKeys: KnownLine[]; otherNames: KnownLine[]; authorities: KnownLine[] }
  | { status: "changed" | "revoked"; line: KnownLine };

/** All ECDSA curves are one family: a host has one of them. */
function family(type: string): string {
  return type.startsWith("ecdsa-sha2-") ? "ecdsa" : type;
}

/** Judges a key as ssh does: a revoked line wins, then the same key, then another key of the same type. */
export function judgeKey(lines: KnownLine[], host: string, port: number, key: Buffer): Verdict {
  const base64 = key.toString("base64");
  const ours = lines.filter((line) => isFor(line, hostKeyName(host, port)));
  const revoked = ours.find((line) => line.marker === "revoked" && line.key === base64);
  if (revoked !== undefined) return { status: "revoked", line: revoked };
  const valid = ours.filter((line) => line.marker === undefined);
  if (valid.some((line) => line.key === base64)) return { status: "known" };
  const changed = valid.find((line) => family(line.type) === family(keyType(base64) ?? ""));
  if (changed !== undefined) return { status: "changed", line: changed };
  // As ssh: a key filed without its port is good for every port of the host.
  if (port !== 22 && valid.length === 0 && judgeKey(lines, host, 22, key).status === "known") {
    return { status: "known" };
  }
  const authorities = ours.filter((line) => line.marker === "cert-authority");
  const otherNames = lines.filter((line) => line.marker === undefined && line.key === base64);
  return { status: "unknown", otherKeys: valid, otherNames, authorities };
}

/** The key types that are known for the host, to be asked for first, so that a known key is the one we get to see. */
export function knownTypes(lines: KnownLine[], host: string, port: number): string[] {
  const named = (name: string) =>
    lines.filter((line) => line.marker === undefined && isFor(line, name)).map(({ type }) => type);
  const types = named(hostKeyName(host, port));
  return [...new Set(types.length > 0 ? types : named(hostKeyName(host, 22)))];
}
