import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { Failure } from "../errors.ts";
import { within } from "./dial.ts";
import { type ExecOptions, type ExecResult, execute } from "./exec.ts";
import { HostKeyCheck } from "./host_key.ts";
import { type Interaction, nobody } from "./interaction.ts";
import { publicKeyLine } from "./keyring.ts";
import { type Login, login } from "./login.ts";
import { Hops, route } from "./route.ts";
import { type SshSettings, sshSettings } from "./settings.ts";
import { watchSilence } from "./silence.ts";
import { shellQuote } from "./shell_quote.ts";
import type { ConfigOptions } from "./ssh_config.ts";
import type { Target } from "./target.ts";

export interface ConnectOptions extends ConfigOptions {
  interaction: Interaction;
  /** Take the key of a host that has none yet without asking. */
  acceptNew?: boolean;
  /** Connections to hosts on the way, kept by the caller for all its hosts; of this connection alone unless given. */
  hops?: Hops;
  /** Hosts on the way that this one is to lead to. */
  passed?: string[];
  /** Something that did not stop us but that a person should know. */
  onWarning?: (line: string) => void;
}

/**
 * Connects and logs in as ssh would.
 * @throws {Failure} with the reason in one line: configuration, network, host key, login
 */
export async function connect(target: Target, options: ConnectOptions): Promise<Connection> {
  const settings = await sshSettings(target, options);
  const check = await HostKeyCheck.load(settings);
  const { acceptNew = false } = options;
  const interaction = settings.batchMode ? nobody : options.interaction;
  const hops = options.hops ?? new Hops();
  const own = options.hops === undefined ? hops : undefined;
  let connection: Connection;
  try {
    const stream = await route(settings, { ...options, hops }, connect);
    const opened = await login(stream, settings, check, { interaction, acceptNew });
    connection = new Connection(target, settings, stream, opened, own);
  } catch (error) {
    own?.close();
    throw error;
  }
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
  readonly #stream: Duplex;
  readonly #hops: Hops | undefined;
  #gone: Failure | undefined;

  /** @param hops is closed with the connection */
  constructor(
    readonly target: Target,
    readonly settings: SshSettings,
    stream: Duplex,
    opened: Login,
    hops?: Hops,
  ) {
    this.publicKey = opened.identity && publicKeyLine(opened.identity);
    this.#client = opened.client;
    this.#stream = stream;
    this.#hops = hops;
    const lost = (why: string) =>
      this.#gone ??= new Failure(`lost the connection to ${target.text}: ${why}`, {
        hint: "nothing is half done: run the same command again",
        code: "connection-lost",
      });
    const watch = watchSilence(opened.heard, settings, (seconds) => {
      lost(`no sign of life for ${seconds} s`);
      stream.destroy();
    });
    opened.client.on("error", (error) => lost(error.message));
    opened.client.on("close", () => {
      watch.stop();
      lost("the host closed it");
    });
  }

  get isOpen(): boolean {
    return this.#gone === undefined;
  }

  /**
   * A stream from the host to a port of another one.
   * @param timeout milliseconds
   * @throws {Failure} `jump`, `timeout`, `connection-lost`
   */
  async forward(host: string, port: number, timeout: number): Promise<Duplex> {
    if (this.#gone !== undefined) throw this.#gone;
    const opening = new Promise<Duplex>((resolve, reject) => {
      this.#client.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
        if (!error) return resolve(channel);
        const why = error.message.replace(/^.*?: /, "");
        const hint = `can ${this.target.alias} reach it, and does its sshd have AllowTcpForwarding?`;
        reject(
          this.#gone ??
            new Failure(`${this.target.text} does not lead on to ${host} port ${port}: ${why}`, {
              hint,
              code: "jump",
            }),
        );
      });
    });
    return await within(timeout, opening, `going on from ${this.target.text} to ${host}`);
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
    this.#hops?.close();
    // A frozen host does not answer our goodbye.
    setTimeout(() => this.#stream.destroy(), 1000).unref();
  }
}
