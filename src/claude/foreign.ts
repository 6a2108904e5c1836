import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";

/** A Claude Code on this machine that claude-ops did not put there. */
export interface ForeignClaude {
  how: "npm" | "native installer" | "local installer";
  /** Where it lives. */
  path: string;
  version: string | undefined;
}

const PACKAGE = "node_modules/@anthropic-ai/claude-code";

/**
 * The ways in which people install it by themselves: npm's global packages, of the system, of nvm and of a prefix of
 * their own; the native installer (`$XDG_DATA_HOME/claude/versions`); the older local one. Places as of 2.1.329.
 * @param home undefined where only the machine's own are meant
 */
export function foreignClaudes(
  home: string | undefined,
  env: Record<string, string | undefined>,
): ForeignClaude[] {
  const data = env.XDG_DATA_HOME?.startsWith("/") ? env.XDG_DATA_HOME : `${home}/.local/share`;
  const prefixes = home === undefined
    ? ["/usr/lib", "/usr/local/lib"]
    : [".npm-global/lib", ".local/lib", ".npm-packages/lib", ".volta/tools/image/packages"].map((path) =>
      `${home}/${path}`
    )
      .concat(namesIn(`${home}/.nvm/versions/node`).map((name) => `${home}/.nvm/versions/node/${name}/lib`));
  const npm = prefixes.map((prefix) => `${prefix}/${PACKAGE}`).filter((path) => existsSync(path)).map((
    path,
  ) => ({
    how: "npm" as const,
    path,
    version: versionOf(path),
  }));
  if (home === undefined) return npm;
  const native = namesIn(`${data}/claude/versions`).filter((name) => /^\d+\.\d+\.\d+/.test(name));
  const local = `${home}/.claude/local/${PACKAGE}`;
  return [
    ...npm,
    ...native.slice(-1).map((version) => ({
      how: "native installer" as const,
      path: `${data}/claude/versions/${version}`,
      version,
    })),
    ...(existsSync(local)
      ? [{ how: "local installer" as const, path: local, version: versionOf(local) }]
      : []),
  ];
}

/** What typing `claude` runs, by PATH; undefined where it is none, or one of these roots. */
export function typedClaude(path: string | undefined, roots: readonly string[]): string | undefined {
  const first = (path ?? "").split(":").filter((dir) => dir.startsWith("/")).map((dir) => `${dir}/claude`)
    .find((file) => existsSync(file));
  if (first === undefined) return undefined;
  const real = realpathSync(first);
  return roots.some((root) => real.startsWith(`${realOr(root)}/`)) ? undefined : first;
}

function realOr(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function versionOf(directory: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(`${directory}/package.json`, "utf8"));
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  } catch {
    return [];
  }
}
