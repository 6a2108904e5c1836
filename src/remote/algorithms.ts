import type { ConnectConfig } from "ssh2";
import { matchesPattern } from "./pattern.ts";

/** What ssh_config says of algorithms, as it is written: a list, or with `+`, `-` or `^` what to add, leave out or prefer. */
export interface AlgorithmSpecs {
  kex?: string;
  cipher?: string;
  hmac?: string;
  serverHostKey?: string;
}

const KEYWORDS = {
  kex: "kexalgorithms",
  cipher: "ciphers",
  hmac: "macs",
  serverHostKey: "hostkeyalgorithms",
};

export function algorithmSpecs(one: (keyword: string) => string | undefined): AlgorithmSpecs {
  const specs: AlgorithmSpecs = {};
  for (const [name, keyword] of Object.entries(KEYWORDS)) {
    const spec = one(keyword);
    if (spec !== undefined) specs[name as keyof AlgorithmSpecs] = spec;
  }
  return specs;
}

/**
 * The same for ssh2, which passes over names that it does not speak only where they are patterns.
 * @param hostKeys those that we would offer, best first
 */
export function algorithms(specs: AlgorithmSpecs, hostKeys: string[]): ConnectConfig["algorithms"] {
  const found: Record<string, unknown> = { serverHostKey: chosenHostKeys(specs.serverHostKey, hostKeys) };
  for (const name of ["kex", "cipher", "hmac"] as const) {
    const { sign, names } = split(specs[name]);
    const patterns = names.map(asRegExp);
    if (sign === "+") found[name] = { append: patterns };
    else if (sign === "-") found[name] = { remove: patterns };
    else if (sign === "^") found[name] = { remove: patterns, prepend: patterns };
    else if (names.length > 0) found[name] = { remove: [/^/], append: patterns };
  }
  return found as ConnectConfig["algorithms"];
}

function split(spec = ""): { sign: string; names: string[] } {
  const [, sign = "", list = ""] = /^([+^-]?)(.*)$/.exec(spec) ?? [];
  return { sign, names: list.split(",").filter(Boolean) };
}

function asRegExp(pattern: string): RegExp {
  const text = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".");
  return new RegExp(`^${text}$`);
}

/** ssh2 1.17 speaks these too, and offers them only where they are asked for. */
const OLD_HOST_KEYS = ["ssh-rsa", "ssh-dss"];

function chosenHostKeys(spec: string | undefined, ours: string[]): string[] {
  const { sign, names } = split(spec);
  if (names.length === 0) return ours;
  const named = (algorithm: string) => names.some((pattern) => matchesPattern(pattern, algorithm));
  const all = [...ours, ...OLD_HOST_KEYS];
  if (sign === "-") return ours.filter((algorithm) => !named(algorithm));
  if (sign === "+") return all.filter((algorithm) => ours.includes(algorithm) || named(algorithm));
  const first = names.flatMap((pattern) => all.filter((algorithm) => matchesPattern(pattern, algorithm)));
  return [...new Set(sign === "^" ? [...first, ...ours] : first)];
}
