import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import ssh2 from "ssh2";
import type { Client, ConnectConfig } from "ssh2";
import { Failure } from "../errors.ts";
import { algorithms } from "./algorithms.ts";
import { attempts } from "./attempts.ts";
import { Deadline } from "./deadline.ts";
import type { HostKeyCheck } from "./host_key.ts";
import type { Interaction } from "./interaction.ts";
import { type Identity, Keyring } from "./keyring.ts";
import { explain, lost, type Tried } from "./refusal.ts";
import type { SshSettings } from "./settings.ts";

/** Seconds for authentication once the host has shown its key; time that a person takes to answer does not count. */
const LOGIN_TIMEOUT = 30;

export interface Login {
  client: Client;
  /** The key that opened the door; undefined where the host asked for none. */
  identity: Identity | undefined;
  /** How much the host has said so far, in bytes. */
  heard(): number;
}

/** @throws {Failure} `authentication`, `host-key-…`, `timeout`, `connection-lost`, `protocol` */
export async function login(
  stream: Duplex,
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
    stream.destroy();
  });
  const interaction = deadline.waitingFor(options.interaction);
  const tried: Tried = { keyring: new Keyring(settings, interaction), methods: [], asked: [] };
  let identity: Identity | undefined;

  const failureOf = (error: unknown) =>
    error instanceof Failure ? error : new Failure(`${where}: ${error}`, { cause: error });
  const attempt = attempts(settings, interaction, tried, {
    onSigned: (offer) => identity = offer,
    onError: (error) => reason = failureOf(error),
  });
  const authHandler = (left: string[] | null, _partial: boolean | null, next: (method: unknown) => void) => {
    tried.methods = left ?? tried.methods;
    attempt.next().then(({ done, value }) => next(done ? false : value), (error) => {
      reason = failureOf(error);
      next(false);
    });
  };
  const address = stream instanceof Socket ? stream.remoteAddress : undefined;
  const hostVerifier = (key: Buffer, verify: (accepted: boolean) => void) => {
    check.verify(key, interaction, { acceptNew: options.acceptNew, address }).then(
      () => verify(true),
      (error) => {
        reason ??= error;
        verify(false);
      },
    );
  };

  let heard = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      client.on("error", (error) => {
        if ((error as { level?: string }).level !== "agent") {
          reject(reason ?? explain(error, where, tried, settings, interaction));
        }
      });
      client.on("close", () => reject(reason ?? new Failure(`${where} closed the connection`, lost)));
      client.on("change password", () => {
        reason = new Failure(`${where} wants the password changed`, {
          hint: "log in once with ssh and change it",
          code: "authentication",
        });
        stream.destroy();
      });
      client.once("handshake", () => deadline.start(LOGIN_TIMEOUT));
      client.once("ready", resolve);
      stream.on("data", (chunk: Buffer) => heard += chunk.length);
      client.connect({
        sock: stream,
        username: settings.user,
        readyTimeout: 0,
        algorithms: algorithms(settings.algorithms, check.algorithms())!,
        keepaliveInterval: settings.serverAliveInterval * 1000,
        // Only to make the host say something: src/remote/connection.ts watches whether it does.
        keepaliveCountMax: Infinity,
        hostVerifier,
        authHandler: authHandler as ConnectConfig["authHandler"],
      });
    });
  } catch (error) {
    stream.destroy();
    throw error;
  } finally {
    deadline.stop();
  }
  return { client, identity, heard: () => heard };
}
