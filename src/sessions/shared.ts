import { type ClaudeConfig, readConfig } from "../claude/decisions.ts";
import { Failure } from "../errors.ts";
import type { Unreadable } from "../runtime/files.ts";
import type { Layout } from "./paths.ts";

/**
 * What people brought back from sessions: `ops/shared.json`, in the shape of a `.claude.json`. Nothing when there is no
 * such file yet. Never throws.
 */
export function readShared(layout: Layout): { config: ClaudeConfig } | Unreadable {
  const read = readConfig(layout.decisions) ?? { config: { format: 1 } };
  if ("unreadable" in read || read.config.format === 1) return read;
  return { unreadable: `format ${JSON.stringify(read.config.format)} is not known` };
}

/** @throws Failure when the file cannot be read */
export function sharedConfig(layout: Layout): ClaudeConfig {
  const read = readShared(layout);
  if ("config" in read) return read.config;
  throw new Failure(`cannot read what sessions share: ${layout.decisions}: ${read.unreadable}`, {
    hint: "it was left as it is; mend it, or move it away to begin anew",
    code: "shared-unreadable",
  });
}
