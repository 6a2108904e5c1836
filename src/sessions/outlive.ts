import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { Environment } from "../claude/environment.ts";
import { ownAccount } from "../runtime/account.ts";

export interface Outliving {
  /** Words before the command that starts the tmux server. */
  wrap: readonly string[];
  /** Why what is started ends with the login all the same. */
  warning?: string;
}

const asIs: Outliving = { wrap: [] };

/**
 * How a process outlives the login that it is started from. Only systemd-logind with KillUserProcesses=yes (logind.conf(5);
 * Debian's default is no) ends what is left of a login: all but what the user's own manager runs, which lives on while
 * lingering is on.
 */
export function outlive(env: Environment): Outliving {
  if (!existsSync("/run/systemd/system")) return asIs;
  const asked = spawnSync("loginctl", ["show-session", "--property=KillUserProcesses", "--value"], {
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin" },
    timeout: 2000,
  });
  if (asked.stdout?.trim() !== "yes") return asIs;
  const { name } = ownAccount();
  const runtime = env.XDG_RUNTIME_DIR ?? `/run/user/${process.getuid!()}`;
  const warning = `this host ends what is left of a login: run as root: loginctl enable-linger ${name}`;
  if (!existsSync(`${runtime}/systemd/private`)) return { wrap: [], warning };
  const wrap = [
    "/usr/bin/env",
    `XDG_RUNTIME_DIR=${runtime}`,
    "systemd-run",
    "--user",
    "--scope",
    "--quiet",
    "--collect",
  ];
  return existsSync(`/var/lib/systemd/linger/${name}`) ? { wrap } : { wrap, warning };
}
