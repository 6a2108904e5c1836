import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { errno, Failure } from "../errors.ts";
import { within } from "./dial.ts";
import { type ExecOptions, type ExecResult, execute } from "./exec.ts";
import { publicKeyLine } from "./keyring.ts";
import type { Login } from "./login.ts";
import type { Hops } from "./route.ts";
import type { SshSettings } from "./settings.ts";
import { watchSilence } from "./silence.ts";
import { shellQuote } from "./shell_quote.ts";
import { Sudo } from "./sudo.ts";
import type { SudoPasswords } from "./sudo_passwords.ts";
import type { Target } from "./target.ts";

/** An open connection; it ends by `close` or, with a Failure for whatever is under way, when the host falls silent. */
export class Connection {
  /** The key that logged us in, in OpenSSH's one-line form; undefined where the host asked for none. */
  readonly publicKey: string | undefined;
  /** Payload bytes of uploads, as they went over the wire. */
  sentBytes = 0;
  readonly #client: Client;
  readonly #stream: Duplex;
  readonly #hops: Hops | undefined;
  readonly #sudo: Sudo;
  #isRoot = false;
  #gone: Failure | undefined;

  /** @param hops is closed with the connection */
  constructor(
    readonly target: Target,
    readonly settings: SshSettings,
    stream: Duplex,
    opened: Login,
    passwords: SudoPasswords,
    hops?: Hops,
  ) {
    this.publicKey = opened.identity && publicKeyLine(opened.identity);
    this.#client = opened.client;
    this.#stream = stream;
    this.#hops = hops;
    const wanted = { user: settings.user, host: target.alias, mayAsk: !settings.batchMode };
    this.#sudo = new Sudo((argv, options) => this.#execute(argv, options), wanted, passwords);
    const lost = (why: string) =>
      this.#gone ??= new Failure(`lost the connection to ${target.text}: ${why}`, {
        hint: "nothing is half done: run the same command again",
        code: "connection-lost",
      });
    const watch = watchSilence(opened.heard, settings, (seconds) => {
      lost(`no sign of life for ${seconds} s`);
      stream.destroy();
    });
    opened.client.on(
      "error",
      (error) => lost(/ECONNRESET|EPIPE/.test(errno(error) ?? "") ? "the host closed it" : error.message),
    );
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
    return this.#isRoot ? this.#sudo.exec(argv, options) : this.#execute(argv, options);
  }

  /**
   * From now on everything is run as root, by sudo.
   * @throws {Failure} `sudo-password`, `sudo-refused`, `sudo-terminal`, `sudo-missing`
   */
  async becomeRoot(): Promise<void> {
    await this.#sudo.open();
    this.#isRoot = true;
  }

  #execute(argv: string[], options: ExecOptions): Promise<ExecResult> {
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
