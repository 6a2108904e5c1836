import { Failure } from "../errors.ts";
import type { Interaction } from "./interaction.ts";
import type { Verdict } from "./judge_key.ts";
import type { KnownLine } from "./known_hosts.ts";
import type { Strictness } from "./setting_values.ts";

/** A host's key that is in no known_hosts file. */
interface NewKey extends Extract<Verdict, { status: "unknown" }> {
  /** The host, in words. */
  who: string;
  /** Type and fingerprint. */
  shown: string;
  strict: Strictness;
}

/**
 * Returns where the key is to be taken, by the settings or a person's word.
 * @throws {Failure} `host-key-unknown`, `host-certificate`
 */
export async function agreeToNewKey(
  key: NewKey,
  interaction: Interaction,
  acceptNew: boolean,
): Promise<void> {
  const { who, shown, strict } = key;
  const others = places(key.otherKeys, ({ type }) => type);
  const also = others === "" ? "" : `; other keys of it are known: ${others}`;
  if (key.authorities.length > 0) throw needsPlainKey(key);
  // Somebody in between could show a type of key that we do not know yet, so a new one beside others needs a person.
  if (others === "" && strict !== "yes" && (acceptNew || strict === "accept-new")) return;
  if (strict !== "yes" && interaction.interactive) {
    const names = places(key.otherNames, ({ hosts }) => hosts.startsWith("|") ? "a hashed one" : hosts);
    const question = [
      `The authenticity of host '${who}' can't be established${also}.`,
      `Its key is ${shown}.`,
      `This key is ${names === "" ? "not known by any other names" : `known by other names: ${names}`}.`,
      "Connect and remember it?",
    ];
    if (await interaction.confirm(question.join("\n"))) return;
    const kind = /ed25519|rsa|ecdsa/.exec(shown)?.[0] ?? "ed25519";
    throw new Failure(`the key of ${who} was not accepted`, {
      hint: `the host itself shows it by: ssh-keygen -lf /etc/ssh/ssh_host_${kind}_key.pub`,
      code: "host-key-unknown",
    });
  }
  throw new Failure(`the key of ${who} is not known: ${shown}${also}`, {
    hint: strict === "yes"
      ? "StrictHostKeyChecking is yes: put the host's key into known_hosts"
      : others === ""
      ? "compare the fingerprint with the host's, then use --accept-new"
      : "compare the fingerprint with the host's, then connect once with ssh",
    code: "host-key-unknown",
  });
}

function needsPlainKey({ who, shown, authorities }: NewKey): Failure {
  const where = places(authorities, () => "@cert-authority");
  return new Failure(
    `the key of ${who} is vouched for by a certificate, which claude-ops cannot check: ${where}`,
    {
      hint: `compare ${shown} with the host's own, then put that key into known_hosts beside it`,
      code: "host-certificate",
    },
  );
}

function places(lines: KnownLine[], named: (line: KnownLine) => string): string {
  return lines.map((line) => `${named(line)} in ${line.file} line ${line.line}`).join(", ");
}
