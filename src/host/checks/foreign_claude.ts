import { readlinkSync } from "node:fs";
import { type ForeignClaude, foreignClaudes, typedClaude } from "../../claude/foreign.ts";
import { SYSTEM } from "../layout.ts";
import type { Check } from "../resource.ts";

const REMOVE: Record<ForeignClaude["how"], (path: string) => string> = {
  npm: () => "npm uninstall -g @anthropic-ai/claude-code",
  "native installer": (path) => `rm -r ${path.slice(0, path.indexOf("/versions/"))} ~/.local/bin/claude`,
  "local installer": (path) => `rm -r ${path.slice(0, path.indexOf("/node_modules"))}`,
};

/**
 * A Claude Code beside the managed one is found, named and left alone.
 * @param home undefined for the machine's own
 */
export function foreignClaude(
  home: string | undefined,
  roots: readonly string[],
  env: Record<string, string | undefined>,
): Check {
  return {
    id: "other-claude",
    title: "other installations of Claude Code",
    why: "they update themselves under live sessions, and what people type is not what sessions run",
    severity: "warning",
    fix: foreignClaudes(home, env).map(({ how, path }) => REMOVE[how](path))[0] ??
      "see which one with: type -a claude",
    read() {
      const found = foreignClaudes(home, env).map(({ how, path, version }) =>
        `${version ?? "one of unknown version"} by ${how} in ${path}`
      );
      const typed = home === undefined ? undefined : typedClaude(env.PATH, roots);
      // What is in the place of our own link is told by that.
      const told = [SYSTEM.claude, `${home}/.local/bin/claude`];
      if (typed !== undefined && !told.includes(typed)) found.push(`claude means ${typed}`);
      if (found.length === 0) return Promise.resolve(null);
      return Promise.resolve({ expected: "the managed one alone", actual: found.join("; ") });
    },
  };
}

/** A managed user's own versions come before the host's: their sessions then run something else than root set up. */
export function ownBeforeHost(own: string, host: string): Check {
  const current = (root: string) => {
    try {
      return readlinkSync(`${root}/current`).split("/").at(-1)!;
    } catch {
      return undefined;
    }
  };
  return {
    id: "own-versions",
    title: "sessions run the host's Claude Code",
    why: "updates and roll backs by root do not reach this user's sessions",
    severity: "warning",
    fix: `rm ${own}/current`,
    read() {
      const mine = current(own);
      if (mine === undefined) return Promise.resolve(null);
      return Promise.resolve({
        expected: `${current(host) ?? "the one"} from ${host}`,
        actual: `${mine} from ${own}`,
      });
    },
  };
}
