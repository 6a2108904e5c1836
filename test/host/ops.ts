import { spawn } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Host, Lab } from "./lab.ts";
import { NarrowWay } from "./narrow_way.ts";

/** The binary that scripts/build made. */
export const BINARY = fileURLToPath(new URL("../../dist/claude-ops", import.meta.url));

/** Here the program is packed once for all operators. */
const PACKED = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "claude-ops-tests/packed");

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
  /** The lines of stdout that are JSON objects. */
  // deno-lint-ignore no-explicit-any
  json: any[];
}

/** An operator's machine: a home of its own, the lab's ssh configuration, nothing else of this machine. */
export class Operator {
  readonly home: string = mkdtempSync(join(tmpdir(), "operator-"));
  /** The lab's, with a quick eye for hosts that fall silent. */
  readonly sshConfig: string = join(this.home, "ssh_config");

  constructor(readonly env: Record<string, string> = {}) {
    const silence = "Host *\n  ServerAliveInterval 1\n  ServerAliveCountMax 5\n";
    writeFileSync(this.sshConfig, readFileSync(Lab.sshConfig, "utf8") + silence);
    mkdirSync(PACKED, { recursive: true });
    const cache = join(this.home, ".cache/claude-ops/upload");
    mkdirSync(dirname(cache), { recursive: true });
    symlinkSync(PACKED, cache);
  }

  /** A name for the same host by another way, which counts as another host. */
  again(host: Host): string {
    const name = `host${host.number}-again`;
    const block = `Host ${name}\n  HostName ${host.address}\n  ProxyJump host${host.number}\n`;
    appendFileSync(this.sshConfig, block);
    return name;
  }

  /** A name for a host by a way on which nothing more goes after so many bytes. */
  async narrowWay(host: Host, bytes: number): Promise<{ name: string; way: NarrowWay }> {
    const [name, way] = [`host${host.number}-narrow`, await NarrowWay.to(host, bytes)];
    // The first block that fits counts.
    writeFileSync(this.sshConfig, way.block(name) + readFileSync(this.sshConfig, "utf8"));
    return { name, way };
  }

  /** Runs claude-ops; `--ssh-config` is added where the command has it. */
  async run(
    argv: string[],
    options: {
      timeout?: number;
      onLine?: (line: string) => void;
      killWhen?: ((line: string) => boolean) | Promise<void>;
    } = {},
  ): Promise<Ran> {
    const remote =
      ["install", "uninstall", "doctor", "status", "session", "log", "schedule", "cleanup", "update"]
        .includes(
          argv[0]!,
        ) &&
      argv.some((word) => /^((\w+@)?host|@)/.test(word));
    const words = remote ? [...argv, "--ssh-config", this.sshConfig] : argv;
    const child = spawn(BINARY, words, {
      env: { PATH: process.env.PATH!, HOME: this.home, LANG: "C.UTF-8", ...this.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const kill = () => void child.kill("SIGKILL");
    const timer = setTimeout(kill, options.timeout ?? 120_000);
    if (options.killWhen instanceof Promise) options.killWhen.then(kill);
    const killWhen = options.killWhen instanceof Promise ? undefined : options.killWhen;
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (data) => {
      stdout += data;
      for (const line of String(data).split("\n").filter(Boolean)) {
        options.onLine?.(line);
        if (killWhen?.(line)) kill();
      }
    });
    child.stderr.on("data", (data) => stderr += data);
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    clearTimeout(timer);
    const json = stdout.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
    return { code, stdout, stderr, json };
  }

  /** The last JSON line. */
  // deno-lint-ignore no-explicit-any
  async summary(argv: string[], options?: { timeout?: number }): Promise<any> {
    const ran = await this.run([...argv, "--json"], options);
    if (ran.json.length === 0) throw new Error(`no JSON (${ran.code}): ${ran.stderr}${ran.stdout}`);
    return { ...ran.json.at(-1), exit: ran.code };
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** Everything on a host's disk that people or programs would miss: names, types, modes, owners, contents. */
export async function snapshot(host: Host): Promise<string[]> {
  const roots = [
    "/etc",
    "/home",
    "/opt",
    "/root",
    "/usr/local",
    "/var/lib/systemd/linger",
    "/var/spool/cron",
    "/tmp",
  ];
  const found = await host.sh(
    `find ${
      roots.join(" ")
    } -xdev \\( -name 'systemd-private-*' -prune \\) -o -printf '%p %y %m %u:%g %l\\n' 2>/dev/null; ` +
      `find ${roots.join(" ")} -xdev -type f -size -1000k -exec sha256sum {} + 2>/dev/null`,
  );
  // Times of last changes kept by useradd and friends, systemd's own, and whose turn it was under a lock.
  return found.split("\n").filter((line) =>
    line && !/\/etc\/(machine-id|\.pwd\.lock|[a-z]*-)( |$)|\/\.switching\/\d/.test(line)
  ).sort();
}

/** What one snapshot has that the other has not, as `+ line` and `- line`. */
export function difference(before: readonly string[], after: readonly string[]): string[] {
  const was = new Set(before);
  const is = new Set(after);
  return [
    ...before.filter((line) => !is.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !was.has(line)).map((line) => `+ ${line}`),
  ];
}

/** useradd and userdel rewrite these with what is left of them. */
export const ownedByUseradd = (line: string): boolean =>
  /\/etc\/(passwd|shadow|group|gshadow|subuid|subgid)/.test(line);
