import { versionsRoots } from "../claude/executable.ts";

/** Where things are on a host that root installed. */
export const SYSTEM = {
  program: "/usr/local/bin/claude-ops",
  session: "/usr/local/bin/claude-session",
  shell: "/usr/local/bin/claude-shell",
  shells: "/etc/shells",
  claude: "/usr/local/bin/claude",
  versions: "/opt/claude-code",
  etc: "/etc/claude-ops",
  sudoers: "/etc/sudoers.d/claude-update",
  units: "/etc/systemd/system",
  cron: "/etc/cron.d/claude-ops",
  /** Who keeps time for all users; gone with the boot. */
  keeping: "/run/claude-ops",
} as const;

/** The same for somebody who installed for themselves, without root. */
export function userLayout(home: string, env: NodeJS.ProcessEnv) {
  const data = `${home}/.local/share`;
  const config = env.XDG_CONFIG_HOME || `${home}/.config`;
  return {
    bin: `${home}/.local/bin`,
    program: `${home}/.local/bin/claude-ops`,
    session: `${home}/.local/bin/claude-session`,
    claude: `${home}/.local/bin/claude`,
    data,
    versions: versionsRoots(home, env)[0]!,
    units: `${config}/systemd/user`,
  };
}
