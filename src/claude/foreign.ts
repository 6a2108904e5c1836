import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { namesIn } from "../runtime/files.ts";

/** A Claude Code on this machine that claude-ops did not put there. */
export interface ForeignClaude {
  how: "npm" | "native installer" | "local installer";
  /** Where it lives. */
  path: string;
  version: string | undefined;
  /** Its native program; undefined for a script, which 2.1.112 and older are. */
  program: string | undefined;
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
      .concat(inOrder(`${home}/.nvm/versions/node`).map((name) => `${home}/.nvm/versions/node/${name}/lib`));
  const npm = prefixes.flatMap((prefix) => packageAt("npm", `${prefix}/${PACKAGE}`));
  if (home === undefined) return npm;
  const native = inOrder(`${data}/claude/versions`).filter((name) => /^\d+\.\d+\.\d+/.test(name));
  const local = `${home}/.claude/local/${PACKAGE}`;
  return [
    ...npm,
    ...native.slice(-1).map((version) => ({
      how: "native installer" as const,
      path: `${data}/claude/versions/${version}`,
      version,
      program: programAmong([`${data}/claude/versions/${version}`]),
    })),
    ...packageAt("local installer", local),
  ];
}

function packageAt(how: ForeignClaude["how"], path: string): ForeignClaude[] {
  if (!existsSync(path)) return [];
  // The program is the platform package's; the main one's is a link to it, or a stub where npm ran no scripts (2.1.329).
  const scope = "node_modules/@anthropic-ai";
  const platforms = inOrder(`${path}/${scope}`).map((name) => `${path}/${scope}/${name}/claude`);
  const program = programAmong([...platforms, `${path}/bin/claude.exe`]);
  return [{ how, path, version: versionOf(path), program }];
}

/** Bytes: no stub is as large, and no program as small (2.1.113 to 2.1.330: above 190 MB). */
const STUB = 1 << 20;

function programAmong(paths: readonly string[]): string | undefined {
  return paths.find((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isFile() && found.size > STUB;
  });
}

/** What typing `claude` runs, by PATH, and the file behind it; undefined where it is none, or one of these roots. */
export function typedClaude(
  path: string | undefined,
  roots: readonly string[],
): { file: string; real: string } | undefined {
  const file = (path ?? "").split(":").filter((dir) => dir.startsWith("/")).map((dir) => `${dir}/claude`)
    .find((file) => existsSync(file));
  if (file === undefined) return undefined;
  const real = realpathSync(file);
  return roots.some((root) => real.startsWith(`${realOr(root)}/`)) ? undefined : { file, real };
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

function inOrder(directory: string): string[] {
  return namesIn(directory).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}
