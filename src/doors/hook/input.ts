import { readFileSync } from "node:fs";
import { errno, Failure } from "../../errors.ts";

/** What Claude Code tells a hook on stdin (2.1.329), as far as it is used here. */
export interface HookInput {
  event: string;
  cwd: string;
  tool?: string;
  toolInput: Record<string, unknown>;
  /** Why a session starts: startup, resume, clear, compact or fork. */
  source?: string;
}

/** A file's whole content is part of it; more than this is none that a tool would write. */
const largest = 64 << 20;

/** @throws Failure for what is no such thing */
export function readHookInput(event: string): HookInput {
  const text = readAll();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Failure(text.trim() === "" ? "nothing came on stdin" : "what came on stdin is no JSON");
  }
  if (typeof value !== "object" || value === null) throw new Failure("what came on stdin is no object");
  const { cwd, tool_name, tool_input, source } = value as Record<string, unknown>;
  return {
    event,
    cwd: isText(cwd) && cwd.startsWith("/") ? cwd : process.cwd(),
    ...(isText(tool_name) && { tool: tool_name }),
    toolInput: typeof tool_input === "object" && tool_input !== null
      ? tool_input as Record<string, unknown>
      : {},
    ...(isText(source) && { source }),
  };
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** In one go, which spares the millisecond's tenth that a first buffer of one's own costs (Bun 1.4.5). */
function readAll(): string {
  let text: string;
  try {
    text = readFileSync(0, "utf8");
  } catch (error) {
    throw new Failure(`stdin cannot be read: ${errno(error) ?? error}`);
  }
  if (text.length > largest) throw new Failure(`more than ${largest >> 20} MiB came on stdin`);
  return text;
}
