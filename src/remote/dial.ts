import { lookup } from "node:dns/promises";
import { connect, type Socket, type TcpNetConnectOpts } from "node:net";
import { errno, Failure } from "../errors.ts";
import type { SshSettings } from "./settings.ts";

/**
 * A TCP connection to the first address of the host that answers; the timeout is for the name and for each address.
 * @throws {Failure} `unknown-host`, `connection-refused`, `unreachable`, `timeout`
 */
export async function dial(settings: SshSettings): Promise<Socket> {
  const { hostName: host, port, addressFamily: family, bindAddress } = settings;
  const timeout = settings.connectTimeout * 1000;
  const looking = lookup(host, { all: true, family });
  const found = await within(timeout, looking, "looking up the name").catch((error) => {
    if (error instanceof Failure) throw error;
    throw new Failure(`no such host: ${host}${family ? ` by IPv${family}` : ""}`, {
      hint: "check the name, or HostName in ~/.ssh/config",
      code: "unknown-host",
      cause: error,
    });
  });
  // What is an address already is not looked up.
  let last: unknown = new Failure(`${host} is no IPv${family} address`, {
    hint: "look at AddressFamily in ~/.ssh/config",
    code: "unreachable",
  });
  for (const { address } of found.filter((one) => family === 0 || one.family === family)) {
    try {
      return await open(
        { host: address, port, ...(bindAddress ? { localAddress: bindAddress } : {}) },
        timeout,
      );
    } catch (error) {
      last = error;
    }
  }
  throw explain(last, host, port);
}

function open(place: TcpNetConnectOpts, timeout: number): Promise<Socket> {
  const socket = connect(place);
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

/**
 * @param milliseconds 0 for no limit
 * @throws {Failure} `timeout`
 */
export async function within<T>(milliseconds: number, promise: Promise<T>, what: string): Promise<T> {
  if (milliseconds === 0) return await promise;
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
