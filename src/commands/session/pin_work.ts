import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { find } from "../../sessions/find.ts";
import { setPinned } from "../../sessions/pins.ts";
import { findHere } from "./find.ts";

/** `session pin` and `session unpin`. */
export async function pinHere(which: string, pinned: boolean, io: Io): Promise<Outcome> {
  const { layout, record: { id, name } } = await findHere(which, io);
  // Pruned meanwhile, it is no session to pin.
  const changed = setPinned(layout, id, pinned, () => find(layout, id));
  const state = pinned
    ? "pinned: cleanup leaves it alone"
    : "not pinned: cleanup takes it when its time comes";
  return {
    data: { id, name, pinned, changed },
    render: () => `session ${name} is ${changed ? "now" : "already"} ${state}`,
  };
}
