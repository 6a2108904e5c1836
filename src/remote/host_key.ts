import { createHash } from "node:crypto";
import { Failure } from "../errors.ts";
import type { Interaction } from "./interaction.ts";
import { judgeKey, knownTypes, type Verdict } from "./judge_key.ts";
import { addKnownHost, keyType, type KnownLine, readKnownHosts, readRevokedKeys } from "./known_hosts.ts";
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
  readonly #host: string;
  #accepted: Buffer | undefined;
  #toSave: Buffer | undefined;

  private constructor(settings: SshSettings, lines: KnownLine[]) {
    this.#settings = settings;
    this.#lines = lines;
    this.#host = settings.hostKeyAlias ?? settings.hostName;
  }

  /** @throws {Failure} for a known_hosts file that cannot be read */
  static async load(settings: SshSettings): Promise<HostKeyCheck> {
    const files = [...settings.userKnownHostsFiles, ...settings.globalKnownHostsFiles];
    const revoked = await readRevokedKeys(settings.revokedHostKeysFiles);
    return new HostKeyCheck(settings, [...revoked, ...await readKnownHosts(files)]);
  }

  /** Algorithms to offer, those of the keys we know first. */
  algorithms(): string[] {
    const types = knownTypes(this.#lines, this.#host, this.#port);
    const known = (name: string) => types.includes(name.startsWith("rsa-") ? "ssh-rsa" : name);
    return [...ALGORITHMS.filter(known), ...ALGORITHMS.filter((name) => !known(name))];
  }

  /**
   * Returns for a key that is known or that was agreed to. A changed or revoked key is never accepted.
   * @throws {Failure} `host-key-changed`, `host-key-revoked`, `host-key-unknown`, `host-certificate`
   */
  async verify(key: Buffer, interaction: Interaction, acceptNew: boolean): Promise<void> {
    if (this.#accepted?.equals(key)) return;
    const verdict = judgeKey(this.#lines, this.#host, this.#port, key);
    const shown = `${keyType(key.toString("base64"))} ${fingerprint(key)}`;
    if (verdict.status === "changed" || verdict.status === "revoked") {
      const { file, line } = verdict.line;
      throw new Failure(
        `the key of ${this.#name} is ${verdict.status}: it shows ${shown}, see ${file} line ${line}`,
        {
          hint: verdict.status === "changed"
            ? `somebody may be in between; where the host was made anew: ssh-keygen -R '${this.#name}' -f ${file}`
            : "the key was marked as stolen or retired: do not connect",
          code: `host-key-${verdict.status}`,
        },
      );
    }
    if (verdict.status === "unknown") await this.#judgeNew(shown, verdict, interaction, acceptNew);
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

  async #judgeNew(
    shown: string,
    { otherKeys, authorities }: Verdict & { status: "unknown" },
    interaction: Interaction,
    acceptNew: boolean,
  ): Promise<void> {
    const { strictHostKeyChecking: strict } = this.#settings;
    const places = (lines: KnownLine[], named: (line: KnownLine) => string) =>
      lines.map((line) => `${named(line)} in ${line.file} line ${line.line}`).join(", ");
    const where = places(otherKeys, ({ type }) => type);
    const also = where === "" ? "" : `; other keys of it are known: ${where}`;
    if (authorities.length > 0) this.#askForPlainKey(shown, places(authorities, () => "@cert-authority"));
    // Somebody in between could show a type of key that we do not know yet, so a new one beside others needs a person.
    if (where === "" && strict !== "yes" && (acceptNew || strict === "accept-new")) return;
    if (strict !== "yes" && interaction.interactive) {
      const question = `The key of ${this.#name} is not known${also}.\n${shown}\nConnect and remember it?`;
      if (await interaction.confirm(question)) return;
      const kind = /ed25519|rsa|ecdsa/.exec(shown)?.[0] ?? "ed25519";
      throw new Failure(`the key of ${this.#name} was not accepted`, {
        hint: `the host itself shows it by: ssh-keygen -lf /etc/ssh/ssh_host_${kind}_key.pub`,
        code: "host-key-unknown",
      });
    }
    throw new Failure(`the key of ${this.#name} is not known: ${shown}${also}`, {
      hint: strict === "yes"
        ? "StrictHostKeyChecking is yes: put the host's key into known_hosts"
        : where === ""
        ? "compare the fingerprint with the host's, then use --accept-new"
        : "compare the fingerprint with the host's, then connect once with ssh",
      code: "host-key-unknown",
    });
  }

  #askForPlainKey(shown: string, where: string): never {
    throw new Failure(
      `the key of ${this.#name} is vouched for by a certificate, which claude-ops cannot check: ${where}`,
      {
        hint: `compare ${shown} with the host's own, then put that key into known_hosts beside it`,
        code: "host-certificate",
      },
    );
  }

  get #port(): number {
    // As ssh: an alias stands for the host whatever its port is.
    return this.#settings.hostKeyAlias === undefined ? this.#settings.port : 22;
  }

  get #name(): string {
    return this.#port === 22 ? this.#host : `[${this.#host}]:${this.#port}`;
  }
}
