import { readlinkSync } from "node:fs";
import { dirname } from "node:path";
import { type ForeignClaude, foreignClaudes, typedClaude } from "../../claude/foreign.ts";
import type { Command } from "../fix.ts";
import { SYSTEM } from "../layout.ts";
import type { Check } from "../resource.ts";

const REMOVE: Record<ForeignClaude["how"], (path: string, link: string[]) => Command> = {
  npm: () => ["npm", "uninstall", "-g", "@anthropic-ai/claude-code"],
  "native installer": (path, link) => ["rm", "-r", path.slice(0, path.indexOf("/versions/")), ...link],
  "local installer": (path) => ["rm", "-r", path.slice(0, path.indexOf("/node_modules"))],
};

/**
 * A Claude Code beside the managed one is found, named and left alone; and said which one is in use.
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
    read() {
      const typed = typedClaude(home === undefined ? dirname(SYSTEM.claude) : env.PATH, roots);
      const isTyped = ({ path }: ForeignClaude) => typed !== undefined && within(typed.real, path);
      const others = foreignClaudes(home, env);
      const found = others.map((one) =>
        `${one.version ?? "one of unknown version"} by ${one.how} in ${one.path}` +
        (isTyped(one) ? ", which typing claude runs" : "")
      );
      // What is in the place of our own link is told by that.
      const told = [SYSTEM.claude, `${home}/.local/bin/claude`];
      if (typed !== undefined && !others.some(isTyped) && !told.includes(typed.file)) {
        found.push(`typing claude runs ${typed.file}`);
      }
      if (found.length === 0) return Promise.resolve(null);
      const managed = roots.map(currentOf).find((version) => version !== undefined);
      const expected = `the managed one alone${managed ? `: ${managed}, which sessions run` : ""}`;
      const [first] = others;
      const fix = first
        ? REMOVE[first.how](first.path, isTyped(first) ? [typed!.file] : [])
        : ["ls", "-l", typed!.file];
      return Promise.resolve({ expected, actual: found.join("; "), fix: [fix] });
    },
  };
}

const within = (file: string, directory: string) => file === directory || file.startsWith(`${directory}/`);

function currentOf(root: string): string | undefined {
  try {
    return readlinkSync(`${root}/current`).split("/").at(-1)!;
  } catch {
    return undefined;
  }
}

/** A managed user's own versions come before the host's: their sessions then run something else than root set up. */
export function ownBeforeHost(own: string, host: string): Check {
  return {
    id: "own-versions",
    title: "sessions run the host's Claude Code",
    why: "updates and roll backs by root do not reach this user's sessions",
    severity: "warning",
    fix: [["rm", `${own}/current`]],
    read() {
      const mine = currentOf(own);
      if (mine === undefined) return Promise.resolve(null);
      return Promise.resolve({
        expected: `${currentOf(host) ?? "the one"} from ${host}`,
        actual: `${mine} from ${own}`,
      });
    },
  };
}
