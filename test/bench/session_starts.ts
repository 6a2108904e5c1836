import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { pluginFiles, pluginName } from "../../src/claude/plugin/files.ts";

/** Milliseconds that two programs of a session take in a home, ten times each. */
export interface Starts {
  /** From the start of the MCP server until it has answered a search. */
  server: number[];
  /** The hook at the start of the session, whole. */
  hook: number[];
}

/** @param words to search for */
export async function sessionStarts(binary: string, home: string, words: readonly string[]): Promise<Starts> {
  mkdirSync(join(home, ".claude/ops"), { recursive: true });
  const variables = { HOME: home, PATH: "/usr/bin:/bin", CLAUDE_PID: String(process.pid) };
  const { command, args, env } = JSON.parse(pluginFiles([binary], "1")[".mcp.json"]!).mcpServers[pluginName];
  const starts: Starts = { server: [], hook: [] };
  for (const query of words.slice(0, 10)) {
    const client = new Client({ name: "bench", version: "1" });
    let begin = performance.now();
    await client.connect(
      new StdioClientTransport({ command, args, env: { ...variables, ...env }, cwd: home }),
    );
    await client.callTool({ name: "memory_search", arguments: { query } });
    starts.server.push(performance.now() - begin);
    await client.close();
    const input = JSON.stringify({ cwd: home, hook_event_name: "SessionStart", source: "startup" });
    begin = performance.now();
    const { status, stderr } = spawnSync(binary, ["hook", "SessionStart"], {
      env: variables,
      cwd: home,
      input,
    });
    if (status !== 0) throw new Error(`the hook ended with ${status}: ${stderr}`);
    starts.hook.push(performance.now() - begin);
  }
  return starts;
}
