import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { onTestFinished } from "vitest";
import { identityOf } from "../../src/runtime/process.ts";
import { enlist } from "../../src/sessions/live.ts";
import { ensureLayout, layoutOf } from "../../src/sessions/paths.ts";
import { createRecord } from "../../src/sessions/record.ts";

/** The program that scripts/build made. */
export const binary = resolve("dist/claude-ops");

/** A live session in that home, which `sleep` plays, and the environment that its tools have. */
export function liveSession(home: string, name: string) {
  const layout = layoutOf({ HOME: home });
  ensureLayout(layout);
  const child = spawn("sleep", ["600"], { stdio: "ignore" });
  onTestFinished(() => void process.kill(child.pid!, "SIGKILL"));
  const id = crypto.randomUUID();
  const config = join(layout.sessions, id);
  mkdirSync(config);
  const place = { project: home, cwd: home, claude: { path: "/bin/true" } };
  const times = { createdAt: new Date().toISOString() };
  createRecord(config, { format: 1, id, name, identity: identityOf(child.pid!)!, ...place, ...times });
  enlist(layout, id);
  const env = {
    ...{ HOME: home, PATH: "/usr/bin:/bin", CLAUDE_PID: String(child.pid) },
    ...{ CLAUDE_CONFIG_DIR: config, CLAUDE_PROJECT_DIR: home },
  };
  return { id, config, env };
}

/** The MCP server as Claude Code starts it for a session, and the SDK's own client. */
export async function serving(env: Record<string, string>): Promise<Client> {
  const client = new Client({ name: "test", version: "1" });
  await client.connect(new StdioClientTransport({ command: binary, args: ["mcp"], env }));
  onTestFinished(() => client.close());
  return client;
}
