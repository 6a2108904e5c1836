import { homedir } from "node:os";
import { join } from "node:path";
import SSHConfig from "ssh-config";
import { Failure } from "../errors.ts";
import { contentOf, includedFiles } from "./config_files.ts";
import { ownAccount } from "../runtime/account.ts";
import { matchesList } from "./pattern.ts";
import type { Target } from "./target.ts";

export interface ConfigOptions {
  /** Read this file only, as `ssh -F FILE`. */
  configFile?: string;
  /** Home directory for `~` and `~/.ssh/config`. */
  home?: string;
}

/** Keyword in lower case → its value's words; the first value met wins, as in ssh. IdentityFile gathers. */
export type ConfigValues = Map<string, string[]>;

/** What we act on. A block that we cannot judge may be passed over only when it has none of these. */
const HONOURED = new Set(
  ("hostname user port identityfile identitiesonly identityagent userknownhostsfile globalknownhostsfile " +
    "stricthostkeychecking connecttimeout serveraliveinterval serveralivecountmax hostkeyalias hashknownhosts " +
    "proxyjump proxycommand include").split(" "),
);

/** 16 as in OpenSSH's READCONF_MAX_DEPTH. */
const MAX_DEPTH = 16;

interface Reading {
  target: Target;
  home: string;
  values: ConfigValues;
}

type Active = "yes" | "no" | "cannot tell";

/**
 * What ssh_config says of a target: `~/.ssh/config`, then /etc/ssh/ssh_config, with `Include` in its place.
 * @throws {Failure} for a file that ssh would refuse, or a `Match` that decides over our options and that we cannot judge
 */
export async function readSshConfig(target: Target, options: ConfigOptions = {}): Promise<ConfigValues> {
  const home = options.home ?? homedir();
  const reading: Reading = { target, home, values: new Map() };
  if (target.user !== undefined) reading.values.set("user", [target.user]);
  if (target.port !== undefined) reading.values.set("port", [String(target.port)]);
  const include = join(home, ".ssh");
  if (options.configFile !== undefined) {
    if (options.configFile === "none") return reading.values;
    await readInto(reading, options.configFile, include, "yes", 0, { mustExist: true });
  } else {
    await readInto(reading, join(home, ".ssh/config"), include, "yes", 0, { private: true });
    await readInto(reading, "/etc/ssh/ssh_config", "/etc/ssh", "yes", 0, {});
  }
  return reading.values;
}

async function readInto(
  reading: Reading,
  file: string,
  includeDirectory: string,
  outer: Active,
  depth: number,
  demand: { mustExist?: boolean; private?: boolean },
): Promise<void> {
  if (depth > MAX_DEPTH) throw new Failure(`${file}: Include goes deeper than ${MAX_DEPTH} files`);
  const text = await contentOf(file, demand);
  let active = outer;
  for (const [index, line] of text.split("\n").entries()) {
    const where = `${file} line ${index + 1}`;
    const directive = parseLine(line, where);
    if (directive === undefined) continue;
    const { keyword, words } = directive;
    if (keyword === "host") {
      active = outer === "yes" && !matchesList(words, reading.target.alias) ? "no" : outer;
    } else if (keyword === "match") {
      active = outer === "yes" ? judge(words, reading) : outer;
    } else if (active === "cannot tell" && HONOURED.has(keyword)) {
      throw new Failure(`${where}: ${directive.param} depends on a Match that claude-ops cannot judge`, {
        hint: "use Host, or Match with all, host, originalhost, user and localuser only",
        code: "ssh-config",
      });
    } else if (keyword === "include" && active !== "no") {
      for (const path of await includedFiles(words, includeDirectory, reading.home)) {
        await readInto(reading, path, includeDirectory, active, depth + 1, { private: true });
      }
    } else if (active === "yes") set(reading.values, keyword, words);
  }
}

/** One line at a time, so that an error can say where, and one odd line does not take the next with it. */
function parseLine(line: string, where: string) {
  const text = line.trim();
  if (text === "" || text.startsWith("#")) return undefined;
  try {
    const [node] = SSHConfig.parse(text);
    if (node?.type !== SSHConfig.DIRECTIVE) return undefined;
    const words = typeof node.value === "string" ? [node.value] : node.value.map(({ val }) => val);
    if (words.join("") === "") throw new Error("it has no value");
    return { param: node.param, keyword: node.param.toLowerCase(), words };
  } catch (error) {
    throw new Failure(`${where} cannot be read: ${text}`, { code: "ssh-config", cause: error });
  }
}

function set(values: ConfigValues, keyword: string, words: string[]): void {
  // Either of the two settles how the host is reached, whichever comes first.
  const name = keyword === "proxycommand" ? "proxyjump" : keyword;
  const before = values.get(name);
  if (before === undefined) values.set(name, [...words]);
  else if (name === "identityfile" && !before.includes(words[0]!)) before.push(words[0]!);
}

function judge(words: string[], { target, values }: Reading): Active {
  const local = ownAccount().name;
  const known: Record<string, string> = {
    host: values.get("hostname")?.[0]?.replaceAll("%h", target.alias) ?? target.alias,
    originalhost: target.alias,
    user: values.get("user")?.[0] ?? local,
    localuser: local,
  };
  let verdict: Active = "yes";
  for (let i = 0; i < words.length; i++) {
    const negated = words[i]!.startsWith("!");
    const criterion = words[i]!.slice(negated ? 1 : 0).toLowerCase();
    if (criterion === "all") continue;
    if (criterion === "canonical") return negated ? verdict : "no";
    if (criterion === "final") verdict = "cannot tell";
    else if (criterion in known) {
      if (matchesList((words[++i] ?? "").split(","), known[criterion]!) === negated) return "no";
    } else {
      verdict = "cannot tell";
      i++;
    }
  }
  return verdict;
}
