import { spawnSync } from "node:child_process";
import { isExecutable } from "../runtime/files.ts";
import type { Environment } from "../claude/environment.ts";
import { errno, Failure } from "../errors.ts";

/** The oldest tmux with all that is used here: remain-on-exit, extended keys, delayed commands. */
const oldest = [3, 2] as const;

/** One server of tmux: the program and the socket of its own, apart from all that a user runs in theirs. */
export interface Tmux {
  program: string;
  socket: string;
}

/** Where tmux keeps sockets: a place of each user's own that a container does not share with another. */
const placeOf = (env: Environment) => env.TMUX_TMPDIR || "/tmp";
const label = "claude-ops";

/** Where the server of this user listens. */
export function socketOf(env: Environment): string {
  return `${placeOf(env)}/tmux-${process.getuid!()}/${label}`;
}

/**
 * The tmux of this host.
 * @throws Failure when there is none, with what to install, or one that is too old
 */
export function findTmux(env: Environment, socket: string): Tmux {
  const program = (env.PATH || "/usr/bin:/bin").split(":").map((path) => `${path || "."}/tmux`).find(
    isExecutable,
  );
  if (program === undefined) {
    throw new Failure("tmux is not installed, which keeps a detached session running", {
      hint: `install it: ${installCommand(env)}`,
      code: "tmux-missing",
    });
  }
  const said = spawnSync(program, ["-V"], { encoding: "utf8" }).stdout ?? "";
  const [, major, minor] = /(\d+)\.(\d+)/.exec(said) ?? [];
  // A build of the development version has no number, and is new.
  if (major !== undefined && (Number(major) - oldest[0] || Number(minor) - oldest[1]) < 0) {
    throw new Failure(`${said.trim()} is too old: detached sessions need ${oldest.join(".")} or newer`, {
      hint: `install a newer one: ${installCommand(env)}`,
      code: "tmux-too-old",
    });
  }
  return { program, socket };
}

/** Runs tmux commands; an argument `;` parts them. What goes in here is seen by all users, so nothing secret does. */
export function runTmux({ program, socket }: Tmux, words: readonly string[]): Answer {
  return answerOf([program, "-u", "-S", socket, ...words], {});
}

export interface ServerStart {
  /** What `source-file -` reads. */
  settings: string;
  env: Environment;
  /** Words before the command. */
  wrap: readonly string[];
}

/** The same, and starts the server where it does not run yet, with nothing in its environment that is somebody's own. */
export function runTmuxServer(
  { program }: Tmux,
  words: readonly string[],
  { settings, env, wrap }: ServerStart,
): Answer {
  const own = {
    HOME: env.HOME ?? "/",
    PATH: "/usr/bin:/bin",
    LC_CTYPE: "C.UTF-8",
    TMUX_TMPDIR: placeOf(env),
  };
  // By its label, so that tmux makes the directory and looks whose it is.
  return answerOf([...wrap, program, "-u", "-L", label, "-f", "/dev/null", ...words], own, settings);
}

interface Answer {
  ok: boolean;
  stdout: string;
  stderr: string;
}

/** By env(1), because Deno's spawnSync (2.9.5) adds our whole environment to what it is given. */
function answerOf(command: readonly string[], env: Record<string, string>, input = ""): Answer {
  const pairs = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const { status, stdout, stderr, error } = spawnSync("/usr/bin/env", ["-i", ...pairs, ...command], {
    input,
    encoding: "utf8",
  });
  const said = error ? errno(error) ?? String(error) : (stderr ?? "").trim();
  // It says that it cannot make its socket, and ends with 0 (3.3a).
  return { ok: status === 0 && !said.startsWith("error "), stdout: stdout ?? "", stderr: said };
}

function installCommand(env: Environment): string {
  const managers: Record<string, string> = {
    "apt-get": "apt install",
    dnf: "dnf install",
    apk: "apk add",
    pacman: "pacman -S",
    zypper: "zypper install",
  };
  const places = [...(env.PATH || "").split(":"), "/usr/bin", "/sbin"];
  for (const place of places) {
    const name = Object.keys(managers).find((name) => isExecutable(`${place}/${name}`));
    if (name !== undefined) return `${managers[name]} tmux, as root`;
  }
  return "with the package manager of this host";
}
