import {
  argv,
  boolean,
  choice,
  duration,
  integer,
  type Key,
  perDirectory,
  release,
  size,
  string,
  url,
} from "./values.ts";

const guardPolicies = ["ask", "warn", "deny", "off"] as const;

/** All keys of config.toml: `[section]` → key. Durations are milliseconds, sizes bytes once they are read. */
export const schema = {
  claude: {
    channel: choice(
      ["latest", "stable"],
      "latest",
      "Which releases of Claude Code are installed and followed",
    ),
    version: release("The one version that is to be installed; empty to follow the channel"),
  },
  updates: {
    check: boolean(true, "Whether new releases are looked for"),
    interval: duration("1h", "How long session starts rely on the last look for a new release", {
      min: "1m",
      max: "30d",
    }),
    activate_while_live: boolean(
      false,
      "Whether a new release is switched to while sessions run; each goes on with the version it has",
    ),
  },
  log: {
    max_size: size("1MiB", "Size at which update.log is put aside, compressed, and begun anew", {
      min: "4KiB",
      max: "64MiB",
    }),
    max_age: duration("30d", "Age at which it is, however small it is", { min: "1h" }),
    keep: integer(8, "How many of those compressed logs are kept", { min: 1, max: 1000 }),
  },
  sessions: {
    max: integer(0, "How many sessions of a user may run at once; with 0 as many as the memory takes", {
      min: 0,
      max: 10_000,
    }),
    memory: size(
      "300MiB",
      "Memory that each session is given room for when one starts; with 0B it is not looked at",
    ),
    conflicts: choice(
      ["ask", "warn", "refuse", "off"],
      "ask",
      "What a start does when another session works in the same worktree; asked is only on a terminal",
    ),
    plugin: boolean(true, "Whether sessions get the plugin: guard, tools and commands to work together"),
  },
  guard: {
    policy: choice(
      guardPolicies,
      "ask",
      "What happens when a session is about to edit a file that another one edits",
    ),
    idle: duration("2h", "How long a session may be idle before its files are free for others", {
      min: "1m",
      max: "30d",
    }),
    projects: perDirectory(guardPolicies, "The policy of single projects, by their directory"),
  },
  memory: {
    embedding_url: url(
      "Service that tells what texts mean, for search: OpenAI-compatible (ends with /v1) or Ollama; none when empty",
    ),
    embedding_model: string("", "The model that it is asked for"),
    embedding_key_file: string("", "File that holds its key"),
    embedding_key_env: string("", "Variable of the environment that holds its key"),
    sync_command: argv("Program that is given each change of the memory on its stdin; none when empty"),
    sync_url: url("Address that each change of the memory is posted to; none when empty"),
    sync_key_file: string("", "File that holds the key for that address"),
    sync_key_env: string("", "Variable of the environment that holds the key for that address"),
  },
  cleanup: {
    max_age: duration("30d", "How long an ended session stays after it was last used"),
    unused_age: duration("1h", "The same for one in which nothing was said"),
    max_count: integer(0, "How many ended sessions stay, the last used ones; with 0 any number", {
      min: 0,
      max: 1_000_000,
    }),
    max_disk: size(
      "0B",
      "Disk that all sessions may take before ended ones go, oldest first; with 0B it is not looked at",
    ),
    trash: boolean(true, "Whether pruned sessions go to the trash, from where they can be restored whole"),
    trash_age: duration("14d", "How long they stay there"),
    archive: boolean(true, "Whether conversations of pruned sessions are kept, compressed"),
    archive_age: duration("365d", "How long they are kept"),
  },
  doctor: {
    max_trash: size("5GiB", "Disk taken by the trash and the archives above which doctor warns"),
    min_disk: size("1GiB", "Free disk below which doctor warns"),
    min_memory: size("300MiB", "Available memory below which doctor warns"),
    max_wait: duration("3d", "How long a fetched release may wait for sessions to end before doctor warns"),
  },
} as const;

type Schema = typeof schema;
type ValueOf<K> = K extends Key<infer T> ? T : never;
export type Config = { [S in keyof Schema]: { [K in keyof Schema[S]]: ValueOf<Schema[S][K]> } };

/** Every key by its full name, e.g. `updates.interval`, in order. */
export const keys: ReadonlyMap<string, Key<unknown>> = new Map(
  Object.entries(schema).flatMap(([section, entries]) =>
    Object.entries(entries).map(([name, key]) => [`${section}.${name}`, key as Key<unknown>] as const)
  ),
);

/** The configuration that these values make; what is missing has its default. */
export function configOf(values: ReadonlyMap<string, unknown>): Config {
  const config: Record<string, Record<string, unknown>> = {};
  for (const [name, key] of keys) {
    const [section, entry] = name.split(".") as [string, string];
    (config[section] ??= {})[entry] = values.has(name) ? values.get(name) : key.default;
  }
  return config as Config;
}
