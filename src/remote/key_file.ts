import { readFile, stat } from "node:fs/promises";
import ssh2 from "ssh2";
import type { ParsedKey } from "ssh2";
import { errno } from "../errors.ts";
import type { Interaction } from "./interaction.ts";
import { tidyPem } from "./tidy_pem.ts";

/** Why a key cannot be used, as a part of a sentence. */
export class UnusableKey extends Error {}

/** A key of ssh2 from any of its forms; undefined for what is none, or is locked. */
export function parseKey(key: unknown): ParsedKey | undefined {
  const found = read(key);
  return found instanceof Error ? undefined : found;
}

function read(key: unknown, passphrase?: string): ParsedKey | Error {
  try {
    const found = ssh2.utils.parseKey(key as Buffer, passphrase) as ParsedKey | ParsedKey[] | Error;
    return Array.isArray(found) ? found[0]! : found;
  } catch (error) {
    // A curve that the crypto library does not have, e.g. P-521 in Deno 2.9.
    return error as Error;
  }
}

/**
 * The public key of a private key's file without its passphrase: from `FILE.pub`, or from the head of FILE.
 * Undefined where it cannot be known (the older PEM forms, locked).
 * @throws a system error; ENOENT where there is neither file
 */
export async function publicKeyOf(file: string): Promise<ParsedKey | undefined> {
  const beside = await readFile(`${file}.pub`).then(parseKey, () => undefined);
  if (beside !== undefined) return beside;
  const content = await readFile(file);
  return publicPart(content) ?? parseKey(content);
}

/**
 * The private key; asks for its passphrase where it has one.
 * @param prompts how often at most
 * @throws {UnusableKey}
 */
export async function privateKeyOf(
  file: string,
  interaction: Interaction,
  prompts: number,
): Promise<ParsedKey> {
  const facts = await stat(file).catch(unreadable);
  if (facts.uid === process.getuid?.() && (facts.mode & 0o077) !== 0) {
    throw new UnusableKey(`others can read it (chmod 600 ${file})`);
  }
  const content = await readFile(file).catch(unreadable);
  const key = parseKey(content) ?? await unlock(file, content, interaction, prompts);
  if (!key.isPrivateKey()) {
    throw new UnusableKey("it is a public key and the agent does not hold the private one");
  }
  return parseKey(tidyPem(key.getPrivatePEM(), key.type)) ?? key;
}

async function unlock(
  file: string,
  content: Buffer,
  interaction: Interaction,
  prompts: number,
): Promise<ParsedKey> {
  const trouble = read(content) as Error;
  if (!/encrypted|passphrase/i.test(trouble.message)) throw new UnusableKey(trouble.message);
  if (!interaction.interactive) {
    throw new UnusableKey(`it has a passphrase and nobody can be asked (ssh-add ${file})`);
  }
  for (let attempt = 1; attempt <= prompts; attempt++) {
    const passphrase = await interaction.secret(`Passphrase for ${file}: `);
    if (passphrase === "") break;
    const key = read(content, passphrase);
    if (!(key instanceof Error)) return key;
  }
  throw new UnusableKey("no passphrase that was given fits");
}

/** The public key in the unencrypted head of OpenSSH's own format (PROTOCOL.key, OpenSSH 6.5 and later). */
function publicPart(content: Buffer): ParsedKey | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)/.exec(content.toString("latin1"))?.[1];
  if (body === undefined) return undefined;
  const data = Buffer.from(body, "base64");
  let at = "openssh-key-v1\0".length;
  const next = () => {
    const length = data.readUInt32BE(at);
    return data.subarray(at += 4, at += length);
  };
  try {
    for (const _skipped of ["cipher", "kdf", "kdf options"]) next();
    at += 4;
    return parseKey(Buffer.from(next()));
  } catch {
    return undefined;
  }
}

function unreadable(error: unknown): never {
  throw new UnusableKey(`it cannot be read (${errno(error) ?? error})`);
}
