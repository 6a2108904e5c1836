import { lookup } from "node:dns/promises";
import { connect, type Socket } from "node:net";
import { errno, Failure } from "../errors.ts";

/**
 * A TCP connection to the first address of the host that answers.
 * @param timeout milliseconds, for the name and for each address
 * @throws {Failure} `unknown-host`, `connection-refused`, `unreachable`, `timeout`
 */
export async function dial(host: string, port: number, timeout: number): Promise<Socket> {
  const found = await within(timeout, lookup(host, { all: true }), "looking up the name").catch((error) => {
    if (error instanceof Failure) throw error;
    throw new Failure(`no such host: ${host}`, {
      hint: "check the name, or HostName in ~/.ssh/config",
      code: "unknown-host",
      cause: error,
    });
  });
  let last: unknown;
  for (const { address } of found) {
    try {
      return await open(address, port, timeout);
    } catch (error) {
      last = error;
    }
  }
  throw explain(last, host, port);
}

function open(address: string, port: number, timeout: number): Promise<Socket> {
  const socket = connect({ host: address, port });
  socket.setNoDelay(true);
  writeWhole(socket);
  return within(
    timeout,
    new Promise<Socket>((resolve, reject) => {
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(socket);
      });
    }),
    "connecting",
  ).catch((error) => {
    socket.on("error", () => {});
    socket.destroy();
    throw error;
  });
}

/** ssh2 1.17 writes a packet in three parts; what is written in one go leaves as one piece, a quarter faster for uploads. */
function writeWhole(socket: Socket): void {
  const write = socket.write;
  socket.write = ((...parts: Parameters<typeof write>) => {
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    return write.apply(socket, parts);
  }) as typeof write;
}

async function within<T>(milliseconds: number, promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Failure(`no answer in ${milliseconds / 1000} s while ${what}`, timedOut)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
  }
}

const timedOut = { hint: "is the host up, and does a firewall let ssh through?", code: "timeout" };

function explain(error: unknown, host: string, port: number): Failure {
  if (error instanceof Failure) return error;
  const code = errno(error);
  if (code === "ECONNREFUSED") {
    return new Failure(`nothing listens on port ${port} of ${host}`, {
      hint: "is sshd running there, and is the port right?",
      code: "connection-refused",
      cause: error,
    });
  }
  if (code === "ETIMEDOUT") {
    return new Failure(`no answer from ${host} port ${port}`, { ...timedOut, cause: error });
  }
  return new Failure(`no way to ${host} port ${port} (${code ?? error})`, {
    hint: "check the network and the address",
    code: "unreachable",
    cause: error,
  });
}
