import type { SessionRecord } from "./record.ts";
import { findTmux, runTmux } from "./tmux.ts";

/** How many terminals are attached to a detached session now; undefined where its tmux server does not say. */
export function attachedTerminals({ id, tmux }: Pick<SessionRecord, "id" | "tmux">): number | undefined {
  if (tmux === undefined) return undefined;
  try {
    const words = ["display-message", "-p", "-t", `=${id}:`, "#{session_attached}"];
    const { ok, stdout } = runTmux(findTmux(process.env, tmux), words);
    return ok ? Number(stdout) : undefined;
  } catch {
    // tmux went away under its server.
    return undefined;
  }
}
