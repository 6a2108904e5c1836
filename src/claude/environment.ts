/** Variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Variables that an outer session (or a tmux server started in one) leaves behind. CLAUDE_CODE_CHILD_SESSION turns
 * transcripts off; the two last ones switch off what a session is guarded by. Seen on 2.1.329.
 */
export const inheritedVariables = [
  "CLAUDECODE",
  "CLAUDE_CODE_CHILD_SESSION",
  "CLAUDE_CODE_SESSION_ID",
  "CLAUDE_PID",
  "CLAUDE_CODE_ENTRYPOINT",
  "CLAUDE_CODE_MESSAGING_SOCKET",
  "CLAUDE_CODE_MESSAGING_TOKEN",
  "CLAUDE_CODE_SIMPLE",
  "CLAUDE_CODE_SAFE_MODE",
] as const;

/**
 * The environment for Claude Code in a config dir of its own that shares its user's login and plugins.
 * @param shared the user's `~/.claude`
 */
export function launchEnvironment(
  inherited: Environment,
  configDir: string,
  shared: string,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name in inherited) {
    const value = inherited[name];
    if (value !== undefined) env[name] = value;
  }
  for (const name of inheritedVariables) delete env[name];
  env.CLAUDE_CONFIG_DIR = configDir;
  // One login for all config dirs, refreshed under one lock; undocumented, since 2.1.144.
  env.CLAUDE_SECURESTORAGE_CONFIG_DIR = shared;
  // Plugins at stable paths without a link; since 2.1.42.
  env.CLAUDE_CODE_PLUGIN_CACHE_DIR = `${shared}/plugins`;
  // An update under a live session is what immutable versions are there to prevent.
  env.DISABLE_AUTOUPDATER = "1";
  // Without it every new config dir clones a marketplace; since 2.1.14.
  env.CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL = "1";
  return env;
}
