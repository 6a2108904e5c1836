import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A real OpenSSH server on loopback with keys and files of its own, and a client's home to go with it. Needs root. */
export interface Sshd {
  port: number;
  /** Home of the client: `.ssh/id_ed25519` may log in. */
  home: string;
  scratch: string;
  /** `[127.0.0.1]:port KEY`, as it stands in known_hosts. */
  hostKeyLine: string;
  /** A file in scratch, mode 0600. */
  file(name: string, text: string): string;
  /** Makes a key pair and lets it log in; its path. */
  key(name: string, options?: { type?: string; passphrase?: string; format?: string }): string;
  /** The process of a session that is open now. */
  sessionPids(): number[];
  signal(name: NodeJS.Signals): void;
  stop(): void;
}

const servers = new Set<Sshd>();
process.once("exit", () => servers.forEach((server) => server.stop()));

export async function startSshd(settings = ""): Promise<Sshd> {
  const scratch = mkdtempSync(join(tmpdir(), "claude-ops-sshd-"));
  const home = join(scratch, "home");
  mkdirSync(join(home, ".ssh"), { recursive: true, mode: 0o700 });
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const file = (name: string, text: string) => {
    writeFileSync(join(scratch, name), text, { mode: 0o600 });
    return join(scratch, name);
  };
  const keygen = (path: string, ...rest: string[]) =>
    execFileSync("ssh-keygen", ["-q", "-f", path, ...rest], { stdio: "pipe" });
  keygen(join(scratch, "host_ed25519"), "-t", "ed25519", "-N", "", "-C", "");
  keygen(join(scratch, "host_rsa"), "-t", "rsa", "-b", "2048", "-N", "", "-C", "");
  const port = await freePort();
  const config = file(
    "sshd_config",
    [
      ...[
        `Port ${port}`,
        "ListenAddress 127.0.0.1",
        `PidFile ${scratch}/pid`,
        "UsePAM no",
        "StrictModes no",
        "PermitRootLogin yes",
      ],
      ...[
        `HostKey ${scratch}/host_ed25519`,
        `HostKey ${scratch}/host_rsa`,
        `AuthorizedKeysFile ${scratch}/authorized_keys`,
      ],
      ...[
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "LogLevel VERBOSE",
        "MaxStartups 100:30:200",
        settings,
        "",
      ],
    ].join("\n"),
  );
  file("authorized_keys", "");
  const child: ChildProcess = spawn("/usr/sbin/sshd", ["-D", "-f", config, "-E", join(scratch, "log")], {
    stdio: "ignore",
  });
  const server: Sshd = {
    port,
    home,
    scratch,
    file,
    hostKeyLine: `[127.0.0.1]:${port} ${readFileSync(join(scratch, "host_ed25519.pub"), "utf8").trim()}`,
    key(name, { type = "ed25519", passphrase = "", format = "RFC4716" } = {}) {
      const path = join(home, ".ssh", name);
      keygen(
        path,
        "-t",
        type,
        "-N",
        passphrase,
        "-C",
        name,
        "-m",
        format,
        ...(type === "rsa" ? ["-b", "2048"] : []),
      );
      const all = readFileSync(join(scratch, "authorized_keys"), "utf8");
      file("authorized_keys", all + readFileSync(`${path}.pub`, "utf8"));
      return path;
    },
    sessionPids: () =>
      readdirSync("/proc").map(Number).filter((pid) => pid > 0 && parentOf(pid) === child.pid),
    signal: (name) => child.kill(name),
    stop() {
      servers.delete(server);
      for (const pid of server.sessionPids()) kill(pid);
      child.kill("SIGKILL");
      rmSync(scratch, { recursive: true, force: true });
    },
  };
  servers.add(server);
  server.key("id_ed25519");
  await answering(port);
  return server;
}

/** Sessions end by themselves meanwhile. */
export function kill(pid: number, signal: NodeJS.Signals = "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as { code?: string }).code !== "ESRCH") throw error;
  }
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) \S /, "").split(" ")[0]);
  } catch {
    return undefined;
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function answering(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const up = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("data", () => (socket.destroy(), resolve(true)));
      socket.once("error", () => resolve(false));
    });
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`sshd does not answer on port ${port}`);
}
