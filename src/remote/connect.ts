import { Connection } from "./connection.ts";
import { HostKeyCheck } from "./host_key.ts";
import { type Interaction, nobody } from "./interaction.ts";
import { login } from "./login.ts";
import { Hops, route } from "./route.ts";
import { sshSettings } from "./settings.ts";
import type { ConfigOptions } from "./ssh_config.ts";
import { SudoPasswords } from "./sudo_passwords.ts";
import type { Target } from "./target.ts";

export interface ConnectOptions extends ConfigOptions {
  interaction: Interaction;
  /** Take the key of a host that has none yet without asking. */
  acceptNew?: boolean;
  /** Passwords for sudo, kept by the caller for all its hosts. */
  sudoPasswords?: SudoPasswords;
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
  const check = await HostKeyCheck.load(settings, target.alias);
  const { acceptNew = false } = options;
  const interaction = settings.batchMode ? nobody : options.interaction;
  const hops = options.hops ?? new Hops();
  const own = options.hops === undefined ? hops : undefined;
  let connection: Connection;
  try {
    const stream = await route(settings, { ...options, hops }, connect);
    const opened = await login(stream, settings, check, { interaction, acceptNew });
    const passwords = options.sudoPasswords ?? new SudoPasswords(interaction);
    connection = new Connection(target, settings, stream, opened, passwords, own);
  } catch (error) {
    own?.close();
    throw error;
  }
  await check.save().catch((error) =>
    options.onWarning?.(`the host's key is not remembered: ${error.message}`)
  );
  return connection;
}
