import type { Duplex } from "node:stream";
import { Failure } from "../errors.ts";
import type { ConnectOptions } from "./connect.ts";
import type { Connection } from "./connection.ts";
import { dial } from "./dial.ts";
import { ProxyCommand } from "./proxy_command.ts";
import type { SshSettings } from "./settings.ts";
import type { Target } from "./target.ts";

/** Opens a connection to a host on the way. */
export type OpenHop = (target: Target, options: ConnectOptions) => Promise<Connection>;

/** Connections to hosts on the way, shared by all hosts behind them. */
export class Hops {
  readonly #open = new Map<string, Promise<Connection>>();

  /** One that was lost is opened again, one that could not be opened is not tried again. */
  async get(way: string, open: () => Promise<Connection>): Promise<Connection> {
    const kept = this.#open.get(way);
    const isLost = await kept?.then((hop) => !hop.isOpen, () => false) ?? true;
    if (isLost && this.#open.get(way) === kept) this.#open.set(way, open());
    return await this.#open.get(way)!;
  }

  close(): void {
    for (const opened of this.#open.values()) opened.then((hop) => hop.close(), () => {});
    this.#open.clear();
  }
}

/**
 * A stream to the port of the host's sshd: straight, through other hosts, or through a command.
 * @throws {Failure} as `dial`; `jump` for a host on the way that does not let us through, and what leads to that host
 */
export async function route(
  settings: SshSettings,
  options: ConnectOptions & { hops: Hops },
  openHop: OpenHop,
): Promise<Duplex> {
  const { proxy } = settings;
  if (proxy === undefined) return await dial(settings);
  if ("command" in proxy) {
    return new ProxyCommand(proxy.command, (options.env ?? process.env).SHELL || "/bin/sh");
  }
  const before = proxy.jumps.slice(0, -1);
  const last = proxy.jumps.at(-1)!;
  const way = proxy.jumps.map(({ text }) => text).join(",");
  const passed = options.passed ?? [];
  if (passed.includes(last.text)) {
    throw new Failure(`ProxyJump goes in a circle: ${[...passed, last.text].join(", ")}`, {
      hint: `give "ProxyJump none" to ${last.alias} in ~/.ssh/config`,
      code: "ssh-config",
    });
  }
  const hop = await options.hops.get(way, () =>
    openHop(last, {
      ...options,
      passed: [...passed, last.text],
      // What ssh -J would say; without it the host's own configuration tells how it is reached.
      ...{ preset: before.length > 0 ? [["proxyjump", [before.map(({ text }) => text).join(",")]]] : [] },
    }));
  return await hop.forward(settings.hostName, settings.port, settings.connectTimeout * 1000);
}
