import { hostname } from "node:os";
import type { Outcome } from "../../cli/command.ts";
import { type Io, isTerminal } from "../../cli/io.ts";
import { showView, type View } from "../../cli/screen.ts";
import { explainFailure, Failure, UsageFailure } from "../../errors.ts";
import { availableMemory } from "../../runtime/memory.ts";
import { isAlive } from "../../runtime/process.ts";
import { find } from "../../sessions/find.ts";
import { listSessions } from "../../sessions/list.ts";
import { layoutOf } from "../../sessions/paths.ts";
import { strangers } from "../../sessions/strangers.ts";
import { stopSession } from "../../sessions/stop.ts";
import { beginOrAsk } from "./begin_or_ask.ts";
import { lastAsked } from "./last_asked.ts";
import type { ListedSession } from "./rows.ts";
import { chosenOf, look, pressed, type Watching } from "./watch_state.ts";
import { otherLines, pageOf, renderWatch } from "./watch_view.ts";

/** Milliseconds between two looks. */
const tick = 1000;

/**
 * `session list --watch`: shows the sessions of this user live, until a key says what to do.
 * @throws UsageFailure where there is no terminal
 */
export async function watchSessions(targets: readonly string[], io: Io): Promise<Outcome> {
  if (targets.length > 0) {
    throw new UsageFailure(
      "--watch looks at this machine only",
      "ssh -t HOST claude-ops session list --watch",
    );
  }
  if (io.json || !isTerminal(0) || !isTerminal(1)) {
    throw new UsageFailure("--watch needs a terminal", "leave it out, or use ssh -t");
  }
  const layout = layoutOf(process.env);
  const style = io.style;
  let state: Watching = { sessions: [], older: 0 };
  let page = 1;
  let redraw = () => {};
  const stop = async (session: ListedSession) => {
    let message: string;
    try {
      const { how } = await stopSession(layout, find(layout, session.id), { force: false });
      message = `session ${session.name} ${how === "ended" ? "has ended" : "was not running"}`;
    } catch (error) {
      message = inOneLine(error);
    }
    state = { ...state, message };
    redraw();
  };
  const view: View<ListedSession | undefined> = {
    render(size) {
      state = { ...look(state, listSessions(layout, false)), strangers: strangers(layout) };
      page = pageOf(size, otherLines(state, size, Date.now(), style).length);
      const chosen = chosenOf(state);
      const surroundings = {
        style,
        host: hostname(),
        freeMemory: availableMemory(),
        now: Date.now(),
        lastAsked: chosen && lastAsked(`${layout.sessions}/${chosen.id}`),
      };
      return renderWatch(state, size, surroundings);
    },
    press(key) {
      const { state: next, wish } = pressed(state, key, page);
      state = next;
      if (wish?.do === "stop") void stop(wish.session);
      if (wish?.do === "quit") return { result: undefined };
      return wish?.do === "enter" ? { result: wish.session } : undefined;
    },
  };
  for (;;) {
    const chosen = await showView(view, process.stdout, { tick, start: (draw) => redraw = draw }).catch(
      quietly,
    );
    if (chosen === "interrupted") return { data: null, exit: 130 };
    if (chosen === undefined) return { data: null };
    if (!chosen.live) return await beginOrAsk({ resume: chosen.id, args: [] }, io);
    state = { ...state, message: await visited(chosen) };
  }
}

/** Ctrl-C is a way to leave that needs no word. */
function quietly(error: unknown): "interrupted" {
  if (error instanceof Failure && error.code === "interrupted") return "interrupted";
  throw error;
}

/** Goes to a session that runs; who leaves it is back in the view, with a word on what became of it. */
async function visited({ id, name }: ListedSession): Promise<string> {
  try {
    const { visit } = await import("../../sessions/attach.ts");
    const layout = layoutOf(process.env);
    visit(find(layout, id), process.env);
    return `session ${name} ${isAlive(find(layout, id).identity) ? "runs on" : "has ended"}`;
  } catch (error) {
    return inOneLine(error);
  }
}

/** Why something was not to be, for the line below the list. */
function inOneLine(error: unknown): string {
  const { message, hint } = explainFailure(error);
  return hint ? `${message} (${hint})` : message;
}
