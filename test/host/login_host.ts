import { spawn } from "node:child_process";
import type { Registry } from "../registry.ts";
import { type Host, Lab } from "./lab.ts";
import { managedHost, registryForHosts } from "./managed_host.ts";
import { Operator } from "./ops.ts";

export interface Done {
  status: number | null;
  stdout: Buffer;
  stderr: string;
}

/** Runs a real program of this machine, with as much on its stdin as is given. */
export function run(
  argv: readonly string[],
  { input = "", env = {}, timeout = 60_000 }: {
    input?: string | Uint8Array;
    env?: Record<string, string>;
    timeout?: number;
  } = {},
): Promise<Done> {
  const [program, ...args] = argv;
  const child = spawn(program!, args, {
    env: { ...process.env, TERM: "xterm", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), timeout);
  const out: Buffer[] = [];
  let stderr = "";
  child.stdout.on("data", (data) => out.push(data));
  child.stderr.on("data", (data) => stderr += data);
  child.stdin.on("error", () => {}); // it need not read
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      clearTimeout(timer);
      resolve({ status, stdout: Buffer.concat(out), stderr });
    });
  });
}

/**
 * A host with the real Claude Code and two users: `dev`, whose login shell is claude-shell, and `ref`, who has bash,
 * so that one can be held against the other.
 */
export class LoginHost {
  private constructor(
    readonly operator: Operator,
    readonly host: Host,
    readonly name: string,
    readonly config: string,
    private readonly registry: Registry,
  ) {}

  static async start(): Promise<LoginHost> {
    const operator = new Operator();
    const registry = await registryForHosts();
    const host = await managedHost(operator, registry);
    const name = `host${host.number}`;
    const chosen = await operator.summary(["install", name, "--user", "dev", "--login-shell"]);
    if (!chosen.ok) throw new Error(JSON.stringify(chosen));
    await host.exec(["useradd", "--create-home", "--shell", "/bin/bash", "--password", "*", "ref"]);
    await host.sh(
      "install -d -o ref -m 700 ~ref/.ssh && install -o ref -m 600 /root/.ssh/authorized_keys ~ref/.ssh/",
    );
    return new LoginHost(operator, host, name, Lab.sshConfig, registry);
  }

  async stop(): Promise<void> {
    this.operator.remove();
    await this.registry.stop();
    await this.host.down();
  }

  /** The words of an ssh to this host as that user. */
  ssh(user: string, ...options: string[]): string[] {
    return [
      "ssh",
      "-F",
      this.config,
      "-o",
      "BatchMode=yes",
      "-o",
      "LogLevel=ERROR",
      "-l",
      user,
      ...options,
      this.name,
    ];
  }

  /** `ssh host COMMAND`. */
  command(user: string, command: string, input?: string | Uint8Array): Promise<Done> {
    return run([...this.ssh(user), command], input === undefined ? {} : { input });
  }
}
