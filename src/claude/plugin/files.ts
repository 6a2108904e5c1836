import { claims, end, handoff } from "./commands.ts";
import { hooks } from "./hooks.ts";
import { skill } from "./skill.ts";

/** The plugin's name: its commands are `/ops:…`, its tools `mcp__plugin_ops_ops__…` (2.1.329). */
export const pluginName = "ops";

/**
 * Each session has a server of its own, which answers a call now and then: what JavaScriptCore (of Bun 1.4.5) compiles
 * ahead costs a fifth of its private memory, and saves a few milliseconds of calls that nobody waits for.
 */
const serverEnvironment = { BUN_JSC_useJIT: "0" };

const json = (value: unknown) => JSON.stringify(value, null, 2) + "\n";

/**
 * The files of the plugin, by their path in it.
 * @param program the words that start claude-ops; the first one an absolute path
 */
export function pluginFiles(program: readonly string[], version: string): Record<string, string> {
  const [command, ...args] = program;
  return {
    ".claude-plugin/plugin.json": json({
      name: pluginName,
      version,
      description: "Lets the Claude Code sessions of a host work together instead of against each other",
      author: { name: "claude-ops" },
    }),
    "hooks/hooks.json": json(hooks(program)),
    ".mcp.json": json({
      mcpServers: { [pluginName]: { command, args: [...args, "mcp"], env: serverEnvironment } },
    }),
    "commands/claims.md": claims,
    "commands/handoff.md": handoff,
    "commands/end.md": end,
    "skills/working-together/SKILL.md": skill,
  };
}

/** The same as a marketplace of one plugin, for who does not start sessions with claude-session. */
export function marketplaceFiles(program: readonly string[], version: string): Record<string, string> {
  const plugin = Object.entries(pluginFiles(program, version));
  return {
    ".claude-plugin/marketplace.json": json({
      name: "claude-ops",
      owner: { name: "claude-ops" },
      plugins: [{
        name: pluginName,
        source: `./${pluginName}`,
        version,
        description: "Sessions that work together: who edits what, claims, handoffs",
      }],
    }),
    ...Object.fromEntries(plugin.map(([path, text]) => [`${pluginName}/${path}`, text])),
  };
}
