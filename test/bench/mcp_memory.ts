/**
 * Private memory of the MCP server of a session beside another one, once Claude has asked for its tools and used some. Usage: mcp_memory.ts [BINARY].
 * JSON on stdout, bytes.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { pluginFiles, pluginName } from "../../src/claude/plugin/files.ts";
import { report } from "./report.ts";

const binary = resolve(process.argv[2] ?? "dist/claude-ops");
const home = mkdtempSync(join(tmpdir(), "claude-ops-bench-"));
// Started as Claude Code is told to by the plugin.
const { command, args, env } = JSON.parse(pluginFiles([binary], "1")[".mcp.json"]!).mcpServers[pluginName];

async function server(): Promise<{ client: Client; pid: number }> {
  const transport = new StdioClientTransport({
    command,
    args,
    env: { HOME: home, PATH: "/usr/bin:/bin", ...env },
  });
  const client = new Client({ name: "bench", version: "1" });
  await client.connect(transport);
  await client.listTools();
  for (let i = 0; i < 20; i++) {
    await client.callTool({ name: "claim", arguments: { name: `issue:${i}` } });
    await client.callTool({ name: "set_state", arguments: { scope: "a", key: `${i}`, value: i } });
    await client.callTool({ name: "who_is_here", arguments: {} });
  }
  return { client, pid: transport.pid! };
}

const servers: { client: Client; pid: number }[] = [];
try {
  // Of a program that runs once only, the kernel counts its own pages as private too.
  for (let i = 0; i < 2; i++) servers.push(await server());
  await setTimeout(2000);
  const rollup = readFileSync(`/proc/${servers[0]!.pid}/smaps_rollup`, "utf8");
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(rollup)![1]) * 1024;
  const used = bytes("Private_Clean") + bytes("Private_Dirty");
  const mb = (value: number) => `${(value / 1e6).toFixed(1)} MB`;
  report([{
    what: "private memory of a session's MCP server",
    measured: `${mb(used)}, ${mb(bytes("Rss"))} resident`,
    goal: { text: "≤ 16 MB", met: used <= 16e6 },
  }]);
} finally {
  for (const { client } of servers) await client.close();
  rmSync(home, { recursive: true, force: true });
}
