import type { Socket } from "node:net";
import ssh2 from "ssh2";
import type { Client, ConnectConfig } from "ssh2";
import { errno, Failure } from "../errors.ts";
import { Deadline } from "./deadline.ts";
import type { HostKeyCheck } from "./host_key.ts";
import type { Interaction } from "./interaction.ts";
import { agentOf, type Identity, Keyring } from "./keyring.ts";
import type { SshSettings } from "./settings.ts";

/** Seconds for authentication once the host has shown its key; time that a person takes to answer does not count. */
const LOGIN_TIMEOUT = 30;

export interface Login {
  client: Client;
  /** The key that opened the door; undefined where the host asked for none. */
  identity: Identity | undefined;
}

/** @throws {Failure} `authentication`, `host-key-…`, `timeout`, `connection-lost`, `protocol` */
export async function login(
  socket: Socket,
  settings: SshSettings,
  check: HostKeyCheck,
  options: { interaction: Interaction; acceptNew: boolean },
): Promise<Login> {
  const client = new ssh2.Client();
  const where = `${settings.user}@${settings.hostName}`;
  // What we know of a failure, before ssh2 puts it into its own words.
  let reason: Failure | undefined;
  const deadline = new Deadline(settings.connectTimeout, (seconds) => {
    reason = new Failure(`${where} did not let us in within ${seconds} s`, {
      hint: "the host is overloaded or frozen, or this is no ssh server; ConnectTimeout can be raised",
      code: "timeout",
    });
    socket.destroy();
  });
  const interaction = deadline.waitingFor(options.interaction);
  const keyring = new Keyring(settings, interaction);
  let identity: Identity | undefined;
  let methods: string[] = ["publickey"];

  async function* attempts() {
    // Asks which methods there are, as ssh does; some hosts want nothing more.
    yield { type: "none", username: settings.user };
    if (!methods.includes("publickey")) return;
    for await (const offer of keyring.identities()) {
      const agent = agentOf(offer, () => identity = offer);
      yield { type: "agent", username: settings.user, agent };
    }
  }
  const attempt = attempts();
  const authHandler = (left: string[] | null, _partial: boolean | null, next: (method: unknown) => void) => {
    methods = left ?? methods;
    attempt.next().then(({ done, value }) => next(done ? false : value), (error) => {
      reason = error instanceof Failure ? error : new Failure(`${where}: ${error}`, { cause: error });
      next(false);
    });
  };
  const hostVerifier = (key: Buffer, verify: (accepted: boolean) => void) => {
    check.verify(key, interaction, options.acceptNew).then(() => verify(true), (error) => {
      reason ??= error;
      verify(false);
    });
  };

  try {
    await new Promise<void>((resolve, reject) => {
      client.on("error", (error) => {
        if ((error as { level?: string }).level !== "agent") {
          reject(reason ?? explain(error, where, keyring, methods));
        }
      });
      client.on("close", () => reject(reason ?? new Failure(`${where} closed the connection`, lost)));
      client.once("handshake", () => deadline.start(LOGIN_TIMEOUT));
      client.once("ready", resolve);
      client.connect({
        sock: socket,
        username: settings.user,
        readyTimeout: 0,
        algorithms: { serverHostKey: check.algorithms() as never },
        keepaliveInterval: settings.serverAliveInterval * 1000,
        // Only to make the host say something: src/remote/connection.ts watches whether it does.
        keepaliveCountMax: Infinity,
        hostVerifier,
        authHandler: authHandler as ConnectConfig["authHandler"],
      });
    });
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    deadline.stop();
  }
  return { client, identity };
}

const lost = { hint: "try again; sshd's log on the host says why", code: "connection-lost" };

function explain(error: Error, where: string, keyring: Keyring, methods: string[]): Failure {
  const { level } = error as { level?: string };
  if (level === "client-authentication" || /authentication failures/i.test(error.message)) {
    const tried = keyring.offered.length > 0
      ? `tried ${keyring.offered.join(", ")}`
      : "there was no key to try";
    const notes = keyring.skipped.map((note) => `; ${note}`).join("");
    const only = methods.includes("publickey") ? "" : ` (it takes ${methods.join(", ")})`;
    return new Failure(`${where} refused the login${only}: ${only ? "it takes no keys" : tried}${notes}`, {
      hint: keyring.offered.length > 5
        ? "too many keys were offered: name one by IdentityFile with IdentitiesOnly yes"
        : `put your public key into ~/.ssh/authorized_keys there, or name the right one by IdentityFile`,
      code: "authentication",
      cause: error,
    });
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
