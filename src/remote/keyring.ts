import ssh2 from "ssh2";
import type { BaseAgent, ParsedKey } from "ssh2";
import { errno } from "../errors.ts";
import type { Interaction } from "./interaction.ts";
import { parseKey, privateKeyOf, publicKeyOf, UnusableKey } from "./key_file.ts";
import type { SshSettings } from "./settings.ts";

/** A key that may be offered to the host. `sign` may have to ask for a passphrase. */
export interface Identity {
  name: string;
  publicKey: ParsedKey;
  sign(data: Buffer, hash?: string): Promise<Buffer>;
}

interface KeyFile {
  file: string;
  publicKey: ParsedKey | undefined;
}

/** The keys of the agent and of the configured files, in ssh's order. Nothing is asked before a key's turn comes. */
export class Keyring {
  /** Names of the keys that were offered. */
  readonly offered: string[] = [];
  /** Keys that could not be used, with the reason. */
  readonly skipped: string[] = [];
  readonly #settings: SshSettings;
  readonly #interaction: Interaction;

  constructor(settings: SshSettings, interaction: Interaction) {
    this.#settings = settings;
    this.#interaction = interaction;
  }

  /** Agent keys that are configured as files too, other agent keys, then files (pubkey_prepare of OpenSSH 9.2). */
  async *identities(): AsyncGenerator<Identity> {
    const looked = await Promise.all(this.#settings.identityFiles.map((file) => this.#look(file)));
    const files = looked.filter((found) => found !== undefined);
    const held = await this.#agentKeys();
    const configured = held.filter((key) => files.some(({ publicKey }) => same(key.publicKey, publicKey)));
    const others = this.#settings.identitiesOnly ? [] : held.filter((key) => !configured.includes(key));
    for (const identity of [...configured, ...others]) yield this.#offer(identity);
    for (const found of files) {
      if (held.some((key) => same(key.publicKey, found.publicKey))) continue;
      const identity = await this.#fromFile(found);
      if (identity !== undefined) yield this.#offer(identity);
    }
  }

  #offer(identity: Identity): Identity {
    this.offered.push(identity.name);
    return identity;
  }

  async #look(file: string): Promise<KeyFile | undefined> {
    try {
      return { file, publicKey: await publicKeyOf(file) };
    } catch (error) {
      if (errno(error) !== "ENOENT") this.skipped.push(`${file}: ${errno(error) ?? error}`);
      return undefined;
    }
  }

  async #agentKeys(): Promise<Identity[]> {
    const socket = this.#settings.identityAgent;
    if (socket === undefined) return [];
    const agent = ssh2.createAgent(socket);
    const keys = await new Promise<ParsedKey[]>((resolve) => {
      agent.getIdentities((error, found) => {
        if (error) this.skipped.push(`agent ${socket}: ${error.message}`);
        resolve((found ?? []).map(parseKey).filter((key) => key !== undefined));
      });
    });
    return keys.map((publicKey) => ({
      name: `agent: ${publicKey.comment || publicKey.type}`,
      publicKey,
      sign: (data, hash) =>
        new Promise((resolve, reject) => {
          const signed = (error: unknown, signature?: Buffer) => error ? reject(error) : resolve(signature!);
          agent.sign(publicKey, data, { hash: hash as "sha256" | "sha512" }, signed);
        }),
    }));
  }

  /** A locked key whose public half is nowhere to be read has to be unlocked before it can be offered, as in ssh. */
  async #fromFile({ file, publicKey }: KeyFile): Promise<Identity | undefined> {
    let unlocked: Promise<ParsedKey> | undefined;
    const unlock = () => unlocked ??= privateKeyOf(file, this.#interaction, this.#settings.passwordPrompts);
    const skip = (error: unknown) => {
      if (!(error instanceof UnusableKey)) throw error;
      this.skipped.push(`${file}: ${error.message}`);
      return undefined;
    };
    const offered = publicKey ?? await unlock().catch(skip);
    if (offered === undefined) return undefined;
    return {
      name: file,
      publicKey: offered,
      sign: async (data, hash) => {
        const key = await unlock().catch(skip);
        if (key === undefined) throw new Error(`${file} cannot be used`);
        // Its second argument is missing in @types/ssh2 1.15.
        const signature = (key.sign as (data: Buffer, hash?: string) => Buffer | Error).call(key, data, hash);
        if (signature instanceof Error) throw signature;
        return signature;
      },
    };
  }
}

/** ssh2 lets us sign asynchronously only behind its agent interface, so each identity is an agent of one key. */
export function agentOf(identity: Identity, onSigned: () => void): BaseAgent {
  type Signed = (error: Error | undefined, signature?: Buffer) => void;
  return new class extends ssh2.BaseAgent {
    override getIdentities(callback: (error: undefined, keys: ParsedKey[]) => void) {
      callback(undefined, [identity.publicKey]);
    }
    // deno-lint-ignore no-explicit-any -- ssh2's overloads
    override sign(...[_key, data, options, callback]: any[]) {
      identity.sign(data, options.hash).then((signature) => {
        onSigned();
        (callback as Signed)(undefined, signature);
      }, callback as Signed);
    }
  }();
}

/** OpenSSH's one-line form. */
export function publicKeyLine({ publicKey }: Identity): string {
  return `${publicKey.type} ${publicKey.getPublicSSH().toString("base64")} ${publicKey.comment ?? ""}`.trim();
}

function same(a: ParsedKey, b: ParsedKey | undefined): boolean {
  return b !== undefined && a.getPublicSSH().equals(b.getPublicSSH());
}
