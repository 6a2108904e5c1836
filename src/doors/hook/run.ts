import { writeSync } from "node:fs";
import { contextOf, type HookContext } from "./context.ts";
import { afterEdit, afterFailedEdit, beforeEdit, isEdit } from "./edits.ts";
import { type HookInput, readHookInput } from "./input.ts";
import { takeNotices } from "../../guard/notices.ts";
import { type HookOutput, told } from "./output.ts";

type Handler = (context: HookContext) => HookOutput | undefined | Promise<HookOutput | undefined>;

/** What is done at each event. What edits need is there at once, the rest is loaded: a tool waits for it. */
const handlers: Record<string, Handler> = {
  async PreToolUse(context) {
    if (isEdit(context.input.tool)) return beforeEdit(context);
    return noticed(
      context,
      speaksOfGit(context.input) ? (await import("./shell.ts")).beforeShell : undefined,
    );
  },
  async PostToolUse(context) {
    if (isEdit(context.input.tool)) return afterEdit(context);
    return noticed(context, speaksOfGit(context.input) ? (await import("./shell.ts")).afterShell : undefined);
  },
  PostToolUseFailure: (context) => isEdit(context.input.tool) ? afterFailedEdit(context) : undefined,
  SessionStart: async (context) => (await import("./session.ts")).sessionStarts(context),
  SessionEnd: async (context) => (await import("./session.ts")).sessionEnds(context),
};

const speaksOfGit = ({ toolInput: { command } }: HookInput) =>
  typeof command === "string" && command.includes("git");

/** What a handler says, or else what others left for this session. */
async function noticed(context: HookContext, handler: Handler | undefined): Promise<HookOutput | undefined> {
  const output = await handler?.(context);
  if (output !== undefined) return output;
  return told(context.input.event, takeNotices(context.layout, context.id));
}

/**
 * The program behind all hooks: reads what Claude Code says of an event, answers on stdout. Whatever happens, it ends
 * with 0 and without a stack trace: a hook that cannot decide lets things take their course, and says so.
 */
export async function runHook([event = ""]: readonly string[]): Promise<number> {
  const { env } = process;
  let input: HookInput | undefined;
  try {
    input = readHookInput(event);
    const handler = Object.hasOwn(handlers, event) ? handlers[event] : undefined;
    answer(await handler?.(contextOf(env, input)));
  } catch (error) {
    answer(await (await import("./undecided.ts")).undecided(event, input, env, error));
  }
  return 0;
}

function answer(output: HookOutput | undefined): void {
  if (output === undefined) return;
  try {
    writeSync(1, JSON.stringify(output));
  } catch {
    // Nobody listens any more.
  }
}
