import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Host } from "./lab.ts";

/**
 * A way to a host that lets so many bytes go there and then nothing more, either way, so that what is to happen in the
 * middle of sending does, however slow or fast the machine is.
 */
export class NarrowWay {
  readonly #sockets: Socket[] = [];
  #left: number;
  readonly #full = Promise.withResolvers<void>();
  /** So many bytes have gone. */
  readonly full: Promise<void> = this.#full.promise;

  private constructor(readonly host: Host, bytes: number, readonly server: Server) {
    this.#left = bytes;
    server.on("connection", (near) => {
      const far = connect(22, host.address);
      const both = [near, far];
      this.#sockets.push(...both);
      for (const socket of both) {
        socket.on("error", () => {}).on("close", () => both.forEach((each) => each.destroy()));
      }
      far.on("data", (chunk) => void near.write(chunk));
      near.on("data", (chunk: Buffer) => {
        this.#left -= chunk.length;
        far.write(chunk);
        if (this.#left > 0) return;
        for (const socket of both) socket.pause();
        this.#full.resolve();
      });
    });
  }

  static async to(host: Host, bytes: number): Promise<NarrowWay> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new NarrowWay(host, bytes, server);
  }

  /** The block of an ssh configuration that leads through here, under that name. */
  block(name: string): string {
    const { port } = this.server.address() as AddressInfo;
    return `Host ${name}\n  HostName 127.0.0.1\n  Port ${port}\n  HostKeyAlias ${this.host.address}\n`;
  }

  /** From now on everything goes. */
  widen(): void {
    this.#left = Infinity;
    for (const socket of this.#sockets) socket.resume();
  }

  close(): void {
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
