import { McpServer } from "@modelcontextprotocol/server";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { isTerminal } from "../../cli/io.ts";
import { heldFiles } from "../../guard/held_files.ts";
import { version } from "../../version.ts";
import { type McpSession, mcpSession } from "./session.ts";
import { register } from "./tool.ts";
import { claimTools } from "./tools/claims.ts";
import { handoffTools } from "./tools/handoff.ts";
import { memoryTools } from "./tools/memory.ts";
import { olderTools } from "./tools/older_names.ts";
import { presenceTools, whoIsHere } from "./tools/presence.ts";
import { queueTools } from "./tools/queue.ts";
import { stateTools } from "./tools/state.ts";

const instructions =
  "Other Claude Code sessions may work on the same project. Claim what you take up, lock what must not run twice, " +
  "hand over what you do not finish. Search the memory before you decide, and save what others should know. All that a session holds is free the moment it ends.";

/** All tools, in the order in which Claude sees them. */
const tools = [
  presenceTools,
  claimTools,
  handoffTools,
  queueTools,
  stateTools,
  memoryTools,
  olderTools,
].flat();

/**
 * The MCP server of one session, on stdio. Answers what newer clients ask first (`server/discover` of 2026-07-28) and
 * older ones (`initialize`) alike, and ends when stdin does.
 */
export async function runMcp(): Promise<number> {
  if (isTerminal(0)) {
    process.stderr.write(
      "claude-ops mcp: Claude speaks here, not people: claude mcp add ops -- claude-ops mcp\n",
    );
  }
  const session = mcpSession(process.env);
  const transport = new StdioServerTransport();
  const ended = new Promise<void>((resolve) => process.stdin.once("close", resolve).once("end", resolve));
  serveStdio(() => serverFor(session), { transport });
  await ended;
  return 0;
}

function serverFor(session: McpSession): McpServer {
  const server = new McpServer({ name: "claude-ops", version }, { instructions });
  for (const each of tools) register(server, session, each);
  resource(
    server,
    "who-is-here",
    "Other sessions that are live, and how near they work",
    () => whoIsHere(session),
  );
  resource(
    server,
    "held",
    "Files that live sessions are editing",
    () => heldFiles(session.layout, session.env),
  );
  return server;
}

function resource(server: McpServer, name: string, description: string, read: () => unknown): void {
  const mimeType = "application/json";
  server.registerResource(name, `claude-ops://${name}`, { description, mimeType }, async ({ href }) => ({
    contents: [{ uri: href, mimeType, text: JSON.stringify(await read()) }],
  }));
}
