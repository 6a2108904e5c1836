import { execFile, execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { shellQuote } from "../../src/remote/shell_quote.ts";

const LAB = fileURLToPath(new URL("../../scripts/lab", import.meta.url));

/** A program that did not end with 0. `status` is null when it was ended because its time was up. */
export class CommandFailed extends Error {
  override name = "CommandFailed";
  constructor(
    readonly argv: string[],
    readonly status: number | null,
    readonly stdout: string,
    readonly stderr: string,
  ) {
    super(`${argv.join(" ")}: ${status === null ? "time is up" : `status ${status}`}\n${stderr || stdout}`);
  }
}

export interface RunOptions {
  /** Standard input; empty unless given. */
  input?: string | Uint8Array;
  /** Milliseconds until it is ended; a minute unless given. */
  timeout?: number;
}

/** Runs `scripts/lab` with these arguments and gives its standard output. @throws {CommandFailed} */
export function lab(argv: string[], { input = "", timeout = 60_000 }: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout, killSignal: "SIGKILL", maxBuffer: 64 * 2 ** 20 } as const;
    const child = execFile(LAB, argv, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const status = typeof error.code === "number" ? error.code : null;
      reject(new CommandFailed(["lab", ...argv], status, stdout, stderr));
    });
    child.stdin?.on("error", () => {}); // a command need not read what it is given
    child.stdin?.end(input);
  });
}

/** A real disposable host, see `scripts/lab --help`. It goes away with this process at the latest. */
export class Host {
  constructor(readonly number: number, readonly address: string) {}

  /** Standard output of a command run as root without any network. @throws {CommandFailed} */
  exec(argv: string[], options?: RunOptions): Promise<string> {
    return this.#do("exec", argv, options);
  }
  /** The same for a script. @throws {CommandFailed} */
  sh(script: string, options?: RunOptions): Promise<string> {
    return this.exec(["sh", "-c", script], options);
  }
  /** Standard output of a command run as root over ssh. @throws {CommandFailed} */
  ssh(argv: string[], options?: RunOptions): Promise<string> {
    return this.#do("ssh", [shellQuote(argv)], options);
  }
  /** The same as another user of the host. @throws {CommandFailed} */
  sshAs(user: string, argv: string[], options?: RunOptions): Promise<string> {
    return this.#do("ssh", ["-l", user, shellQuote(argv)], options);
  }
  /** Copies a file onto the host without any network, mode kept. */
  async put(source: string, destination: string): Promise<void> {
    await this.#do("put", [source, destination]);
  }
  /** Bytes that its network interface has moved since it booted. */
  async bytes(): Promise<{ received: number; sent: number }> {
    const [received = NaN, sent = NaN] = (await this.#do("bytes")).split(" ").map(Number);
    return { received, sent };
  }
  /** Changes the memory limit, e.g. `512M`. */
  async memory(size: string): Promise<void> {
    await this.#do("memory", [size]);
  }
  cut = (): Promise<void> => this.#turn("cut");
  heal = (): Promise<void> => this.#turn("heal");
  freeze = (): Promise<void> => this.#turn("freeze");
  thaw = (): Promise<void> => this.#turn("thaw");
  /** What freezes it, and thaws it again, within a millisecond; good until its next boot. @throws {CommandFailed} */
  async freezer(): Promise<{ freeze: () => void; thaw: () => void }> {
    const [file, stop, go] = (await this.#do("freezer")).trim().split(" ") as [string, string, string];
    return { freeze: () => writeFileSync(file, stop), thaw: () => writeFileSync(file, go) };
  }
  /** Cuts its power, and loses with it what was not on the disk yet. */
  kill = (): Promise<void> => this.#turn("kill");
  boot = (): Promise<void> => this.#turn("boot");
  /** Its disk fails: read-only until it is killed and booted. */
  break = (): Promise<void> => this.#turn("break");
  reboot = (): Promise<void> => this.#turn("reboot");
  /** Leaves no free block on its disk. */
  fill = (): Promise<void> => this.#turn("fill");
  unfill = (): Promise<void> => this.#turn("unfill");
  async down(): Promise<void> {
    await lab(["down", `${this.number}`]);
  }

  #do(command: string, argv: string[] = [], options?: RunOptions): Promise<string> {
    return lab([command, `${this.number}`, ...argv], options);
  }
  async #turn(command: string): Promise<void> {
    await this.#do(command);
  }
}

export interface HostOptions {
  memory?: string;
  disk?: string;
  system?: "debian12" | "debian11" | "busybox";
  share?: string;
}

const path = (command: string): string => execFileSync(LAB, [command], { encoding: "utf8" }).trim();

export const Lab = {
  /**
   * A fresh host, booted. `memory` (1G) and `disk` (4G) are sizes like `512M`; hosts of one `share` have one `/home`.
   * @throws {CommandFailed}
   */
  async host({ memory = "1G", disk = "4G", system = "debian12", share }: HostOptions = {}): Promise<Host> {
    const options = ["--memory", memory, "--disk", disk, "--system", system, "--owner", `${process.pid}`];
    if (share !== undefined) options.push("--share", share);
    const number = (await lab(["new", ...options], { timeout: 300_000 })).trim();
    return new Host(Number(number), (await lab(["addr", number])).trim());
  },
  /** This machine's address on the hosts' network, which stays for as long as this process. */
  async bridge(): Promise<string> {
    return (await lab(["bridge", "--owner", `${process.pid}`])).trim();
  },
  /** Path of the private key that every host lets in as root. */
  get key(): string {
    return path("key");
  },
  /** Path of the hosts' keys. */
  get knownHosts(): string {
    return path("known-hosts");
  },
  /** Path of an OpenSSH configuration with the aliases `host1`, `host2`, … */
  get sshConfig(): string {
    return path("ssh-config");
  },
};
