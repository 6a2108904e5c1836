import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { BINARY } from "../test/host/ops.ts";
import { type Host, Lab, lab } from "../test/host/lab.ts";
import { Shell } from "./shell.ts";

/** Where the sessions run: a host, or a scratch home on this machine. */
export interface Place {
  readonly kind: "host" | "sandbox";
  readonly shell: Shell;
  /** What follows the name of a command that looks after it. */
  readonly target: string;
  /** The home of the sessions' user. */
  readonly home: string;
  /** Where a model listens that the sessions can reach. */
  readonly address: string;
  /** A line that runs this command there as the sessions' user. */
  there(command: string): string;
  /** Lines that bring what is in the directory `shared` to all sessions. */
  readonly share: string;
  /** Output of a command there, unseen and by another way. */
  look(argv: string[]): Promise<string>;
  /** Takes away what was made for it. */
  remove(): Promise<void>;
}

/** A fresh host of scripts/lab, known to the operator as `devbox`. */
export async function hostPlace(scratch: string): Promise<Place> {
  const host = await Lab.host();
  const shell = new Shell(scratch, operator(scratch, ["ssh", "scp"]));
  writeFileSync(join(scratch, "home/.ssh/config"), sshConfig(host), { mode: 0o600 });
  return {
    kind: "host",
    shell,
    target: " root@devbox",
    home: "/home/claude",
    address: await Lab.bridge(),
    there: (command) => {
      const quoted = `"${command.replace(/[\\$"`]/g, "\\$&")}"`;
      return `ssh claude@devbox ${quoted.length < 58 ? "" : "\\\n  "}${quoted}`;
    },
    share: "claude-ops install root@devbox --shared shared &&\n" +
      "scp -qp shared/settings.json shared/.credentials.json claude@devbox:.claude/",
    look: (argv) => host.exec(argv),
    remove: removeOwnHosts,
  };
}

/** An empty home on this machine. */
export function sandboxPlace(scratch: string): Place {
  const home = join(scratch, "home");
  const shell = new Shell(home, { ...operator(scratch, []), CLAUDE_CODE_TMPDIR: scratch });
  return {
    kind: "sandbox",
    shell,
    target: "",
    home,
    address: "127.0.0.1",
    there: (command) => command,
    share: "claude-ops install --shared shared &&\n" +
      "cp -p shared/settings.json shared/.credentials.json .claude/",
    look: async (argv) => (await promisify(execFile)(argv[0]!, argv.slice(1))).stdout,
    remove: () => Promise.resolve(),
  };
}

/** The lab's word on which hosts this process owns. */
export async function ownHosts(): Promise<string[]> {
  const rows = (await lab(["list"])).trim().split("\n").map((line) => line.split("\t"));
  return rows.filter(([, , , owner]) => owner === `${process.pid}`).map(([number]) => number!);
}

async function removeOwnHosts(): Promise<void> {
  const numbers = await ownHosts();
  if (numbers.length > 0) await lab(["down", ...numbers]);
}

const PASSED_ON =
  /^(TERM|COLORTERM|NO_COLOR|FORCE_COLOR|LANG|LC_\w+|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE)$|^npm_config_|^(https?|no)_proxy$/i;

/** The environment of somebody with an empty home, who has `claude-ops` on the PATH and reaches npm as we do. */
function operator(scratch: string, ssh: string[]): Record<string, string> {
  const home = join(scratch, "home");
  const bin = join(scratch, "bin");
  mkdirSync(join(home, ...(ssh.length > 0 ? [".ssh"] : [])), { recursive: true, mode: 0o700 });
  mkdirSync(bin);
  symlinkSync(BINARY, join(bin, "claude-ops"));
  for (const program of ssh) {
    // OpenSSH takes the home of the user database, whatever HOME says.
    const real = execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();
    writeFileSync(join(bin, program), `#!/bin/sh\nexec ${real} -F ~/.ssh/config "$@"\n`, { mode: 0o755 });
  }
  const own = Object.entries(process.env).filter(([name]) => PASSED_ON.test(name)) as [string, string][];
  return {
    npm_config_userconfig: join(homedir(), ".npmrc"),
    ...Object.fromEntries(own),
    HOME: home,
    PATH: [join(home, ".local/bin"), bin, "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
      .join(delimiter),
  };
}

const sshConfig = ({ address }: Host) =>
  [
    "Host devbox",
    `HostName ${address}`,
    `IdentityFile ${Lab.key}`,
    `UserKnownHostsFile ${Lab.knownHosts}`,
    "LogLevel ERROR",
  ]
    .join("\n  ") + "\n";
