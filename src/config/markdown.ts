import { markdownTable } from "../cli/markdown.ts";
import { keys, schema } from "./schema.ts";

/** `docs/configuration.md`: every key of config.toml with its meaning, what is allowed and its default. */
export function configurationMarkdown(): string {
  const sections = Object.entries(schema).map(([section, entries]) => {
    const rows = Object.keys(entries).map((name) => {
      const key = keys.get(`${section}.${name}`)!;
      return [`\`${name}\``, `${key.summary}.`, key.allowed, `\`${key.show(key.default)}\``];
    });
    return [`## [${section}]`, markdownTable(["key", "meaning", "value", "default"], rows)].join("\n\n");
  });
  return [
    "# Configuration",
    "Generated from the schema by `scripts/docs`. Every key has a default, so no file is needed.",
    "Two files are read, in TOML; what the second one sets is stronger, key by key:",
    "1. `/etc/claude-ops/config.toml` for the host,\n2. `~/.config/claude-ops/config.toml` for a user (`XDG_CONFIG_HOME` is honoured).",
    "What root does for the whole host goes by the first one alone, and only if it and its directory belong to root and nobody else can write them.",
    "An unknown key or a wrong value is reported with its file and line, and nothing is changed. `claude-ops config show` prints what is in force and where each value comes from, `claude-ops config check FILE` looks at a draft.",
    ...sections,
  ].join("\n\n") + "\n";
}
