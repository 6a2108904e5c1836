import type { CallToolResult, McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { Failure } from "../../errors.ts";
import type { McpSession } from "./session.ts";

/** A tool that Claude can call. */
export interface Tool {
  name: string;
  /** What it does and when to use it, in a sentence or two: Claude reads all of them at each start. */
  description: string;
  input: z.ZodObject;
  /** Changes nothing. */
  readOnly?: boolean;
  // deno-lint-ignore no-explicit-any
  run(session: McpSession, input: any): unknown;
}

/** Declares a tool; `run` gets its input typed, and returns what Claude reads: JSON, or a sentence. */
export function tool<Shape extends z.ZodRawShape>(declared: {
  name: string;
  description: string;
  input: Shape;
  readOnly?: boolean;
  run(session: McpSession, input: z.infer<z.ZodObject<Shape>>): unknown;
}): Tool {
  return { ...declared, input: z.object(declared.input) };
}

/** Puts a tool on a server. What goes wrong is told as a result that Claude can act on, never as a broken protocol. */
export function register(
  server: McpServer,
  session: McpSession,
  { name, description, input, readOnly, run }: Tool,
): void {
  const annotations = { readOnlyHint: readOnly ?? false, openWorldHint: false };
  server.registerTool(
    name,
    { description, inputSchema: input, annotations },
    async (given): Promise<CallToolResult> => {
      try {
        return said(await run(session, given));
      } catch (error) {
        return { ...said(explained(error)), isError: true };
      }
    },
  );
}

const said = (value: unknown): CallToolResult => ({
  content: [{ type: "text", text: typeof value === "string" ? value : JSON.stringify(value) }],
});

function explained(error: unknown): string {
  if (error instanceof Failure) {
    return error.hint === undefined ? error.message : `${error.message}. What to do: ${error.hint}`;
  }
  return `unexpected, this is a bug of claude-ops: ${
    error instanceof Error ? error.message : error
  }. Go on without it.`;
}
