import { at, type Decision, isSame, put } from "../claude/decisions.ts";
import { exclusively } from "../runtime/lock.ts";
import { replaceFile } from "../store/replace_file.ts";
import type { Layout } from "./paths.ts";
import { sharedConfig } from "./shared.ts";

/** Milliseconds to wait for others who share at the same moment. */
const patience = 30_000;

/** What became of decisions that were to be shared. */
export interface Shared {
  added: Decision[];
  replaced: Decision[];
  /** Were there already. */
  same: Decision[];
  /** Something else is there under the same key, and stays. */
  conflicts: Decision[];
}

/**
 * Adds decisions to what all sessions get. When this returns they are on the disk; what others added and what is not
 * known here stays.
 * @param replaceable keys under which something else may go
 * @throws Failure when the file cannot be read: then it stays as it is
 */
export function addShared(
  layout: Layout,
  decisions: readonly Decision[],
  replaceable: ReadonlySet<string>,
): Shared {
  return exclusively(layout.sharing, patience, () => {
    const config = sharedConfig(layout);
    const shared: Shared = { added: [], replaced: [], same: [], conflicts: [] };
    for (const decision of decisions) {
      const before = at(config, decision.path);
      if (isSame(before, decision.value)) shared.same.push(decision);
      else if (before !== undefined && !replaceable.has(decision.key)) shared.conflicts.push(decision);
      else if (!put(config, decision)) shared.conflicts.push(decision);
      else (before === undefined ? shared.added : shared.replaced).push(decision);
    }
    if (shared.added.length + shared.replaced.length > 0) {
      replaceFile(layout.decisions, JSON.stringify(config, null, 2) + "\n", { mode: 0o600 });
    }
    return shared;
  });
}
