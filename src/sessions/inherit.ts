import { writeSync } from "node:fs";
import { type Decision, decisionsOf, trustOf } from "../claude/decisions.ts";
import { covering } from "../claude/trust.ts";
import type { Layout } from "./paths.ts";
import { readShared } from "./shared.ts";
import { trustedFor } from "./trust.ts";

/**
 * What a session that begins gets of what was decided in others: the trust that covers its directory, by itself, and
 * what somebody shared. See docs/settings.md.
 */
export function inherited(
  layout: Layout,
  live: readonly string[],
  directory: string,
  project: string,
): Decision[] {
  const trusted = trustedFor(layout, live, directory, project).map(trustOf);
  const read = readShared(layout);
  if ("unreadable" in read) {
    writeSync(2, `claude-session: starts without what you shared: ${layout.decisions}: ${read.unreadable}\n`);
    return trusted;
  }
  return [...trusted, ...applying(decisionsOf(read.config), directory, project)];
}

/** Those shared decisions that are for a directory. Trust has a place of its own. */
export function applying(decisions: readonly Decision[], directory: string, project: string): Decision[] {
  return decisions.filter((decision) =>
    decision.kind !== "trust" &&
    (decision.directory === undefined || covering([decision.directory], directory, project).length > 0)
  );
}
