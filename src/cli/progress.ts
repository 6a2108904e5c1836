import { type Io, isTerminal } from "./io.ts";
import { LastNews } from "./last_news.ts";
import { renderQuiet, renderRunning } from "./running.ts";
import { advance, type ProgressState, type ProgressStep, renderFinished, renderSummary } from "./steps.ts";

/** Shows running work on stderr: alive on a terminal, as plain lines elsewhere, not at all with `--json`. */
export interface Progress {
  step(step: ProgressStep): void;
  /** Clears the way while somebody is asked something, one question after the other. */
  suspend<T>(work: () => Promise<T>): Promise<T>;
  /** Ends with a summary; what still ran is named as not finished. */
  stop(): void;
}

/**
 * @param changed what a changed thing is called in the summary, e.g. `removed`
 * @param hosts how many there are in all
 */
export function startProgress(io: Io, changed = "changed", hosts = 1): Progress {
  if (io.json) return { step() {}, suspend: (work) => work(), stop() {} };
  const screen = isTerminal(2) && process.stderr.columns > 0 ? openScreen() : undefined;
  const style = io.errorStyle;
  let state: ProgressState = [];
  let asking: Promise<unknown> = Promise.resolve();
  let suspended = false;
  const held: string[] = [];
  let frame = 0;
  const news = new LastNews();
  const draw = () => {
    const { columns = 80, rows = 24 } = process.stderr;
    if (!suspended) {
      screen?.show(renderRunning(state, frame, { columns, rows }, style, hosts, (host) => news.words(host)));
    }
  };
  const say = (text: string | undefined) => {
    if (!text) return;
    if (suspended) return void held.push(text);
    screen?.clear();
    io.stderr(`${text}\n`);
  };
  const ask = async <T>(work: () => Promise<T>) => {
    screen?.clear();
    suspended = true;
    try {
      return await work();
    } finally {
      suspended = false;
      news.restart();
      for (const text of held.splice(0)) say(text);
      draw();
    }
  };
  const log = () => suspended || say(renderQuiet(state, style, (host) => news.due(host)));
  const timer = screen ? setInterval(() => (frame++, draw()), 100) : setInterval(log, 1000);
  timer.unref();
  return {
    step(step) {
      news.heard(step.host);
      state = advance(state, step);
      say(renderFinished(state, step, io.verbose, style, io.errorColumns));
      draw();
    },
    suspend(work) {
      const answer = asking.then(() => ask(work));
      asking = answer.catch(() => {});
      return answer;
    },
    stop() {
      clearInterval(timer);
      suspended = false;
      screen?.close();
      for (const text of held.splice(0)) say(text);
      for (const step of state.filter(({ status, whole }) => status === "running" && !whole)) {
        const failed = { ...step, status: "failed" as const, detail: "not finished" };
        state = advance(state, failed);
        say(renderFinished(state, failed, true, style));
      }
      say(renderSummary(state, style, changed));
    },
  };
}

/** The part of the terminal that is drawn over. Drawing begins when the library for it has loaded. */
function openScreen() {
  let closed = false;
  let update: ReturnType<typeof import("log-update").createLogUpdate> | undefined;
  // The cursor stays visible: a killed program could not bring it back.
  import("log-update").then(({ createLogUpdate }) => {
    if (!closed) update = createLogUpdate(process.stderr, { showCursor: true });
  });
  return {
    show: (text: string) => text === "" ? update?.clear() : update?.(text),
    clear: () => update?.clear(),
    close() {
      closed = true;
      update?.clear();
      update?.done();
    },
  };
}
