import type { Key } from "../../cli/keys.ts";
import { moved } from "../../cli/picker.ts";
import type { ListedStrangers } from "./strangers.ts";
import type { ListedSession } from "./rows.ts";

/** What the live view shows. The chosen session is kept by its UUID: rows come, go and change places. */
export interface Watching {
  sessions: readonly ListedSession[];
  older: number;
  /** What lives beside them; only looked at. */
  strangers?: ListedStrangers;
  /** The chosen one's UUID; the first session when it is not there. */
  chosen?: string | undefined;
  /** The session that is asked about whether to stop it. */
  asking?: ListedSession | undefined;
  /** One line about what was done last. */
  message?: string | undefined;
}

/** What a key asks the program to do, beside what it changes in the view. */
export type Wish =
  | { do: "quit" }
  | { do: "enter"; session: ListedSession }
  | { do: "stop"; session: ListedSession };

/** The session that the cursor is on: the first one until another is chosen. */
export function chosenOf({ sessions, chosen }: Watching): ListedSession | undefined {
  return sessions.find(({ id }) => id === chosen) ?? sessions[0];
}

/** What there is now. Who is chosen stays chosen, wherever it moves to, so that no key meets another one. */
export function look(state: Watching, { sessions, older }: Pick<Watching, "sessions" | "older">): Watching {
  const next = { ...state, sessions, older };
  return { ...next, chosen: chosenOf(next)?.id };
}

/** What a key does. Nothing is stopped without a second key that says yes. */
export function pressed(state: Watching, key: Key, page: number): { state: Watching; wish?: Wish } {
  if (state.asking !== undefined) {
    const { asking: session, ...rest } = state;
    if (key !== "y") return { state: { ...rest, message: `session ${session.name ?? session.id} goes on` } };
    const message = `stopping ${session.name ?? session.id} …`;
    return { state: { ...rest, message }, wish: { do: "stop", session } };
  }
  const { sessions } = state;
  const session = chosenOf(state);
  const at = session === undefined ? 0 : sessions.indexOf(session);
  const to = moved(key === "j" ? "down" : key === "k" ? "up" : key, at, sessions.length, page);
  if (to !== undefined) return { state: { ...state, chosen: sessions[to]?.id, message: undefined } };
  if (key === "q" || key === "escape") return { state, wish: { do: "quit" } };
  if (session === undefined) return { state };
  if (key === "enter" || key === "a" || key === "r") {
    if (session.state === "elsewhere" || session.state === "unreadable") {
      return { state: { ...state, message: `this session is ${session.state}` } };
    }
    if (key === "r" && session.live) {
      return { state: { ...state, message: "it runs: a attaches to it, s stops it, then r resumes it" } };
    }
    if (session.live && !session.detached) {
      const message = "it runs in a terminal of its own: go there, or s stops it, then r resumes it";
      return { state: { ...state, message } };
    }
    return { state, wish: { do: "enter", session } };
  }
  if (key === "s") {
    return session.live
      ? { state: { ...state, asking: session, message: undefined } }
      : { state: { ...state, message: "it is not running; r resumes it" } };
  }
  return { state };
}
