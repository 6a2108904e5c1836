export interface Scope {
  /** Root acts for the whole host: only the host's file is read, and only if nobody but root can write it. */
  system: boolean;
}

/** Where the configuration comes from, the later file stronger key by key. Environment and paths are for tests. */
export interface Places {
  host: string;
  env: Record<string, string | undefined>;
}

export const standard: Places = { host: "/etc/claude-ops/config.toml", env: process.env };

/** The files of a scope, weakest first. A relative XDG_CONFIG_HOME is ignored, as its specification (0.8) wants. */
export function configFiles({ system }: Scope, { host, env }: Places = standard): string[] {
  if (system) return [host];
  const home = env.XDG_CONFIG_HOME?.startsWith("/")
    ? env.XDG_CONFIG_HOME
    : env.HOME?.startsWith("/")
    ? `${env.HOME}/.config`
    : undefined;
  return home === undefined ? [host] : [host, `${home}/claude-ops/config.toml`];
}
