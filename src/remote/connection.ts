import type { Socket } from "node:net";
import type { Client } from "ssh2";
import { Failure } from "../errors.ts";
import { dial } from "./dial.ts";
import { type ExecOptions, type ExecResult, execute } from "./exec.ts";
import { HostKeyCheck } from "./host_key.ts";
import type { Interaction } from "./interaction.ts";
import { publicKeyLine } from "./keyring.ts";
import { type Login, login } from "./login.ts";
import { type SshSettings, sshSettings } from "./settings.ts";
import { shellQuote } from "./shell_quote.ts";
import type { ConfigOptions } from "./ssh_config.ts";
import type { Target } from "./target.ts";

export interface ConnectOptions extends ConfigOptions {
  interaction: Interaction;
  /** Take the key of a host that has none yet without asking. */
  acceptNew?: boolean;
  env?: NodeJS.ProcessEnv;
  /** Something that did not stop us but that a person should know. */
  onWarning?: (line: string) => void;
}

/**
 * Connects and logs in as ssh would, with keys.
 * @throws {Failure} with the reason in one line: configuration, network, host key, login
 */
export async function connect(target: Target, options: ConnectOptions): Promise<Connection> {
  const settings = await sshSettings(target, options);
  const check = await HostKeyCheck.load(settings);
  const socket = await dial(settings.hostName, settings.port, settings.connectTimeout * 1000);
  const { interaction, acceptNew = false } = options;
  const opened = await login(socket, settings, check, { interaction, acceptNew });
  const connection = new Connection(target, settings, socket, opened);
  await check.save().catch((error) =>
    options.onWarning?.(`the host's key is not remembered: ${error.message}`)
  );
  return connection;
}

/** An open connection; it ends by `close` or, with a Failure for whatever is under way, when the host falls silent. */
export class Connection {
  /** The key that logged us in, in OpenSSH's one-line form; undefined where the host asked for none. */
  readonly publicKey: string | undefined;
  /** Payload bytes of uploads, as they went over the wire. */
  sentBytes = 0;
  readonly #client: Client;
  readonly #socket: Socket;
  #gone: Failure | undefined;

  constructor(readonly target: Target, readonly settings: SshSettings, socket: Socket, opened: Login) {
    this.publicKey = opened.identity && publicKeyLine(opened.identity);
    this.#client = opened.client;
    this.#socket = socket;
    const lost = (why: string) =>
      this.#gone ??= new Failure(`lost the connection to ${target.text}: ${why}`, {
        hint: "nothing is half done: run the same command again",
        code: "connection-lost",
      });
    const watch = watchSilence(socket, settings, (seconds) => {
      lost(`no sign of life for ${seconds} s`);
      socket.destroy();
    });
    opened.client.on("error", (error) => lost(error.message));
    opened.client.on("close", () => {
      watch.stop();
      lost("the host closed it");
    });
  }

  /** All bytes that went out on the socket. */
  get socketBytes(): number {
    return this.#socket.bytesWritten;
  }

  /**
   * Runs a program on the host; the login shell there does not matter.
   * @throws {Failure} `connection-lost`, `timeout`; whatever `stdin` throws. An exit status is a result, not an error.
   */
  exec(argv: string[], options: ExecOptions = {}): Promise<ExecResult> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    return execute(this.#client, shellQuote(argv), options, () => this.#gone);
  }

  close(): void {
    this.#gone ??= new Failure(`the connection to ${this.target.text} is closed`, {
      code: "connection-lost",
    });
    this.#client.end();
    // A frozen host does not answer our goodbye.
    setTimeout(() => this.#socket.destroy(), 1000).unref();
  }
}

/** As ssh's ServerAlive: anything that the host sends counts, so a slow upload is not taken for a dead host. */
function watchSilence(socket: Socket, settings: SshSettings, silent: (seconds: number) => void) {
  const { serverAliveInterval, serverAliveCountMax } = settings;
  let heard = socket.bytesRead;
  let missed = 0;
  const timer = setInterval(() => {
    missed = socket.bytesRead === heard ? missed + 1 : 0;
    heard = socket.bytesRead;
    if (missed >= serverAliveCountMax) silent(serverAliveInterval * serverAliveCountMax);
  }, serverAliveInterval * 1000);
  return { stop: () => clearInterval(timer) };
}
