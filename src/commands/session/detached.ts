import { quoted } from "../../sessions/name.ts";
import { detachKey } from "../../sessions/tmux_settings.ts";
import type { DetachedStart } from "../../sessions/detach.ts";

/** What somebody who started a detached session can do next. */
export function renderDetached({ name, pid, live, warning }: DetachedStart): string {
  const which = quoted(name);
  if (!live) return `session ${name} has ended already; go on with it: claude-session --resume ${which}`;
  return [
    `session ${name} runs detached, pid ${pid}`,
    `  claude-ops session attach ${which}   goes to it; there, ${detachKey} leaves it running`,
    ...(warning === undefined ? [] : [`it ends with your login: ${warning}`]),
  ].join("\n");
}
