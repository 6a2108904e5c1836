import { attach } from "../sessions/attach.ts";
import { find } from "../sessions/find.ts";
import { layoutOf } from "../sessions/paths.ts";
import { isAttachable } from "../sessions/presence.ts";

/** Goes to a session where it runs detached: then this process becomes tmux. Otherwise returns. */
export function attachIfDetached(id: string): void {
  const record = find(layoutOf(process.env), id);
  if (isAttachable(record)) attach(record, process.env);
}
