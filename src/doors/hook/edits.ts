import { dirname } from "node:path";
import { Failure } from "../../errors.ts";
import { giveUp, holdsAlone, intend, recordEdit } from "../../guard/guard.ts";
import { leaveNotice, takeNotices } from "../../guard/notices.ts";
import { targetOf } from "../../guard/target.ts";
import type { HookContext } from "./context.ts";
import { type HookOutput, told } from "./output.ts";

/** The tools that write files, and what names the file (2.1.329; MultiEdit is of older versions). */
const fields: Record<string, string> = {
  Edit: "file_path",
  Write: "file_path",
  MultiEdit: "file_path",
  NotebookEdit: "notebook_path",
};

/** Whether a tool writes a file that it names. */
export const isEdit = (tool: string | undefined): boolean =>
  tool !== undefined && Object.hasOwn(fields, tool);

function target({ layout, input: { tool, toolInput, cwd } }: HookContext): string {
  const field = fields[tool!]!;
  const path = toolInput[field];
  if (typeof path !== "string" || path === "") throw new Failure(`${tool} came without its ${field}`);
  return targetOf(path, cwd, layout.home);
}

/** Before an edit: whether somebody else has the file. */
export async function beforeEdit(context: HookContext): Promise<HookOutput | undefined> {
  const { env, layout, id, input: { cwd } } = context;
  const path = target(context);
  if (id !== undefined && holdsAlone(layout, id, path)) return told("PreToolUse", takeNotices(layout, id));
  const ruleOf = async () => {
    const [{ ruleFor }, { projectOf }] = await Promise.all([
      import("../../guard/rule.ts"),
      import("../../sessions/project.ts"),
    ]);
    return ruleFor(projectOf(dirname(path)), env);
  };
  const { rule, others, known } = await intend(layout, context.me, path, ruleOf);
  if (others.length === 0) return told("PreToolUse", takeNotices(layout, id));
  const { stopped, isEditing, tryAgain } = await import("../../guard/sentence.ts");
  if (rule?.policy === "warn") {
    const sentence = others.map((hold) => isEditing(hold, cwd)).join("; ");
    return told("PreToolUse", [`${sentence}: read the file again before you change it.`], sentence);
  }
  // The dialog for an edit does not show why a hook asks (2.1.330), so who has the file is said before anybody is asked.
  const asks = rule?.policy === "ask";
  return {
    hookSpecificOutput: {
      hookEventName: "PreToolUse",
      permissionDecision: asks && known ? "ask" : "deny",
      permissionDecisionReason: stopped(others, cwd) + (asks && !known ? ` ${tryAgain}` : ""),
    },
  };
}

/** After an edit: it is written down, and whoever edits the same file is told. */
export function afterEdit(context: HookContext): HookOutput | undefined {
  const { layout, me } = context;
  const path = target(context);
  for (const { by } of recordEdit(layout, me, path)) {
    if (by.id === undefined) continue;
    leaveNotice(
      layout,
      by.id,
      `session ${me.name} has just edited ${path}, which you edit too: read it again first.`,
    );
  }
  return told("PostToolUse", takeNotices(layout, me.id));
}

/** After an edit that failed: nothing is held for it. */
export function afterFailedEdit(context: HookContext): undefined {
  giveUp(context.layout, context.me, target(context));
}
