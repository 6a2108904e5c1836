import { createHash } from "node:crypto";
import { Failure } from "../errors.ts";
import type { Interaction } from "./interaction.ts";
import { judgeKey, knownTypes } from "./judge_key.ts";
import {
  addKnownHost,
  hostKeyName,
  keyType,
  type KnownLine,
  readKnownHosts,
  readRevokedKeys,
} from "./known_hosts.ts";
import { agreeToNewKey } from "./new_host_key.ts";
import type { SshSettings } from "./settings.ts";

/** `SHA256:…` as ssh-keygen -l shows it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

// Best first; the names are those that ssh2 1.17 speaks. One RSA key serves two signature algorithms.
const ALGORITHMS = [
  ...["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"],
  ...["rsa-sha2-512", "rsa-sha2-256"],
];

/** Decides on the host's key; made anew for each connection. */
export class HostKeyCheck {
  readonly #settings: SshSettings;
  readonly #lines: KnownLine[];
  readonly #alias: string;
  readonly #host: string;
  #address: string;
  #accepted: Buffer | undefined;
  #toSave: Buffer | undefined;

  private constructor(settings: SshSettings, lines: KnownLine[], alias: string) {
    this.#settings = settings;
    this.#alias = alias;
    this.#address = settings.hostName;
    this.#lines = lines;
    this.#host = settings.hostKeyAlias ?? settings.hostName;
  }

  /**
   * @param alias the host as the operator calls it
   * @throws {Failure} for a known_hosts file that cannot be read
   */
  static async load(settings: SshSettings, alias: string): Promise<HostKeyCheck> {
    const files = [...settings.userKnownHostsFiles, ...settings.globalKnownHostsFiles];
    const revoked = await readRevokedKeys(settings.revokedHostKeysFiles);
    return new HostKeyCheck(settings, [...revoked, ...await readKnownHosts(files)], alias);
  }

  /** Algorithms to offer, those of the keys we know first. */
  algorithms(): string[] {
    const types = knownTypes(this.#lines, this.#host, this.#port);
    const known = (name: string) => types.includes(name.startsWith("rsa-") ? "ssh-rsa" : name);
    return [...ALGORITHMS.filter(known), ...ALGORITHMS.filter((name) => !known(name))];
  }

  /**
   * Returns for a key that is known or that was agreed to. A changed or revoked key is never accepted.
   * @param address that was connected to, where it is known
   * @throws {Failure} `host-key-changed`, `host-key-revoked`, `host-key-unknown`, `host-certificate`
   */
  async verify(
    key: Buffer,
    interaction: Interaction,
    { acceptNew, address }: { acceptNew: boolean; address: string | undefined },
  ): Promise<void> {
    if (this.#accepted?.equals(key)) return;
    this.#address = address ?? this.#address;
    const verdict = judgeKey(this.#lines, this.#host, this.#port, key);
    const shown = `${keyType(key.toString("base64"))} ${fingerprint(key)}`;
    if (verdict.status === "changed" || verdict.status === "revoked") {
      const { file, line } = verdict.line;
      throw new Failure(
        `the key of ${this.#who} is ${verdict.status}: it shows ${shown}, see ${file} line ${line}`,
        {
          hint: verdict.status === "changed"
            ? `somebody may be in between; where the host was made anew: ssh-keygen -R '${this.#name}' -f ${file}`
            : "the key was marked as stolen or retired: do not connect",
          code: `host-key-${verdict.status}`,
        },
      );
    }
    if (verdict.status === "unknown") {
      const strict = this.#settings.strictHostKeyChecking;
      await agreeToNewKey({ who: this.#who, shown, strict, ...verdict }, interaction, acceptNew);
    }
    this.#accepted = key;
    if (verdict.status === "unknown") this.#toSave = key;
  }

  /** Files the key that was agreed to, once the host has proved that it holds it. */
  async save(): Promise<void> {
    const [file] = this.#settings.userKnownHostsFiles;
    if (this.#toSave === undefined || file === undefined) return;
    const { hashKnownHosts: hashed } = this.#settings;
    await addKnownHost(file, { host: this.#host, port: this.#port, key: this.#toSave, hashed });
    this.#toSave = undefined;
  }

  get #port(): number {
    // As ssh: an alias stands for the host whatever its port is.
    return this.#settings.hostKeyAlias === undefined ? this.#settings.port : 22;
  }

  /** As it is filed. */
  get #name(): string {
    return hostKeyName(this.#host, this.#port);
  }

  /** As the operator calls it, and what that means: `box ([192.0.2.7]:2222)`. */
  get #who(): string {
    const { port } = this.#settings;
    const others = new Set([this.#name, hostKeyName(this.#address, port)]);
    others.delete(hostKeyName(this.#alias, port));
    return others.size === 0 ? this.#name : `${this.#alias} (${[...others].join(", ")})`;
  }
}
