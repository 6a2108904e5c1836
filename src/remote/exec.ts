import type { Client, ClientChannel } from "ssh2";
import { Failure } from "../errors.ts";
import { Patience } from "./patience.ts";

export interface ExecOptions {
  /** What the command reads; nothing unless given. A source that throws ends the command. */
  stdin?: AsyncIterable<Uint8Array> | Uint8Array | string;
  /** Output as it comes; what goes to a listener is not collected. One that throws ends the command. */
  onStdout?: (chunk: Buffer) => void;
  onStderr?: (chunk: Buffer) => void;
  /** Milliseconds after which the command is given up. */
  timeout?: number;
}

export interface ExecResult {
  /** Exit status, or null where a signal ended the command or the host did not say. */
  code: number | null;
  /** `SIGKILL`, … */
  signal: string | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs a command line on the host.
 * @param lost says why the connection is gone, once it is
 */
export async function execute(
  client: Client,
  command: string,
  options: ExecOptions,
  lost: () => Failure | undefined,
): Promise<ExecResult> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let code: number | null = null;
  let signal: string | null = null;
  const closing = Promise.withResolvers<void>();
  const closed = closing.promise;
  let giveUp = (_error: unknown) => {};
  const givenUp = new Promise<never>((_, reject) => giveUp = reject);
  givenUp.catch(() => {}); // perhaps before anybody waits
  const hearing = (listener: (chunk: Buffer) => void) => (chunk: Buffer) => {
    try {
      listener(chunk);
    } catch (error) {
      giveUp(error);
    }
  };
  // Listens before anything else can run: all that a quick command says can be in the packet that opens its channel.
  const channel = await open(client, command, lost, (channel) => {
    channel.on("data", hearing(options.onStdout ?? collect(stdout)));
    channel.stderr.on("data", hearing(options.onStderr ?? collect(stderr)));
    channel.on("error", () => {});
    channel.on("exit", (status: number | null, name?: string) => {
      code = status;
      signal = name ?? null;
    });
    channel.once("close", () => closing.resolve());
  });
  const timer = options.timeout === undefined ? undefined : setTimeout(() => {
    giveUp(
      new Failure(`no end of a command on the host after ${options.timeout! / 1000} s`, { code: "timeout" }),
    );
  }, options.timeout);
  feed(channel, options.stdin, closed).catch(giveUp);
  try {
    await Promise.race([closed, givenUp]);
  } catch (error) {
    // sshd closes the channel only when the command has ended, so it is told to, and not waited for.
    channel.signal("TERM");
    channel.close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  if (code === null && signal === null && lost() !== undefined) throw lost();
  return { code, signal, stdout: text(stdout), stderr: text(stderr) };
}

function open(
  client: Client,
  command: string,
  lost: () => Failure | undefined,
  listen: (channel: ClientChannel) => void,
): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) =>
      reject(lost() ?? new Failure(`the host does not run commands: ${error.message}`, { cause: error }));
    try {
      client.exec(command, (error, channel) => {
        if (error) return failed(error);
        listen(channel);
        resolve(channel);
      });
    } catch (error) {
      failed(error as Error);
    }
  });
}

/** What a command is to read, piece by piece. */
export async function* sourceOf(stdin: ExecOptions["stdin"]): AsyncGenerator<Uint8Array> {
  if (stdin === undefined) return;
  if (typeof stdin === "string" || stdin instanceof Uint8Array) yield Buffer.from(stdin);
  else yield* stdin;
}

async function feed(
  channel: ClientChannel,
  stdin: ExecOptions["stdin"],
  closed: Promise<void>,
): Promise<void> {
  let open = true;
  closed.then(() => open = false);
  for await (const chunk of sourceOf(stdin)) {
    // The command may be gone before it has read everything; its exit status says more than we could.
    if (!open || !channel.writable) return;
    if (channel.write(chunk)) continue;
    let proceed = () => {};
    const drained = new Promise<void>((resolve) => channel.once("drain", proceed = resolve));
    await Promise.race([drained, closed]);
    channel.off("drain", proceed);
  }
  channel.end();
}

function collect(chunks: Buffer[]): (chunk: Buffer) => void {
  const patience = new Patience();
  return (chunk) => {
    patience.hear(chunk.length);
    chunks.push(chunk);
  };
}

function text(chunks: Buffer[]): string {
  return Buffer.concat(chunks).toString("utf8");
}
