import { errno, Failure } from "../errors.ts";
import type { Interaction } from "./interaction.ts";
import type { Keyring } from "./keyring.ts";
import type { Method } from "./setting_values.ts";
import type { SshSettings } from "./settings.ts";

/** What was tried, for the words of a refusal. */
export interface Tried {
  keyring: Keyring;
  /** What the host takes. */
  methods: string[];
  asked: Method[];
}

export const lost = { hint: "try again; sshd's log on the host says why", code: "connection-lost" };

/** What ssh2 says of a login that failed, in words of ours. */
export function explain(
  error: Error,
  where: string,
  tried: Tried,
  settings: SshSettings,
  interaction: Interaction,
): Failure {
  if (error instanceof Failure) return error;
  const { level } = error as { level?: string };
  if (level === "client-authentication" || /authentication failures/i.test(error.message)) {
    return refusal(where, tried, settings, interaction, error);
  }
  if (level === "client-socket" || errno(error) === "ECONNRESET") {
    return new Failure(`${where} closed the connection (${errno(error)})`, { ...lost, cause: error });
  }
  if (level === "protocol" || level === "handshake") {
    return new Failure(`no ssh with ${where}: ${error.message}`, {
      hint: "is this an ssh server, and a current one?",
      code: "protocol",
      cause: error,
    });
  }
  return new Failure(`${where}: ${error.message}`, { ...lost, cause: error });
}

function refusal(
  where: string,
  { keyring, methods, asked }: Tried,
  settings: SshSettings,
  interaction: Interaction,
  cause: Error,
): Failure {
  const ours = settings.methods.filter((name) => methods.includes(name));
  const unasked = interaction.interactive ? [] : ours.filter((name) => name !== "publickey");
  const all = [...keyring.offered, ...asked];
  const what = methods.length > 0 && ours.length === 0
    ? `it takes ${methods.join(", ")} and we have ${settings.methods.join(", ") || "nothing"}`
    : all.length > 0
    ? `tried ${all.join(", ")}`
    : ours.includes("publickey")
    ? "there was no key to try"
    : "nothing was tried";
  const notes = [...keyring.skipped];
  if (unasked.length > 0) notes.push(`it takes ${unasked.join(" and ")}, and nobody can be asked`);
  return new Failure(`${where} refused the login: ${[what, ...notes].join("; ")}`, {
    hint: /too many/i.test(cause.message) || keyring.offered.length > 5
      ? "too many keys were offered: name one by IdentityFile with IdentitiesOnly yes"
      : asked.length > 0
      ? "are the user and the password right? root may be kept from passwords there (PermitRootLogin)"
      : unasked.length > 0 && !ours.includes("publickey")
      ? "run it in a terminal, without --json and BatchMode, to be asked"
      : "put your public key into ~/.ssh/authorized_keys there, or name the right one by IdentityFile",
    code: "authentication",
    cause,
  });
}
