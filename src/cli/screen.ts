import { StringDecoder } from "node:string_decoder";
import { Failure } from "../errors.ts";
import { writeAll } from "./io.ts";
import { type Key, readKeys } from "./keys.ts";

export interface Size {
  columns: number;
  rows: number;
}

/** Something that fills the terminal until it has a result. */
export interface View<T> {
  /** At most `rows` lines of at most `columns` columns. */
  render(size: Size): string[];
  /** Returns the result when the key ends the view. */
  press(key: Key): { result: T } | undefined;
}

const enter = "\x1b[?1049h\x1b[?25l\x1b[?7l";
const leave = "\x1b[?7h\x1b[?25h\x1b[?1049l";
const ending = ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT"] as const;
/** What nobody waited for ends the view as well. */
const stray = ["uncaughtException", "unhandledRejection"] as const;
/** Milliseconds after which an escape that nothing followed was the key of that name. */
const loneEscape = 50;

/**
 * Shows a view on the terminal's second screen. What was there before comes back on every way out: a result, Ctrl-C, a
 * signal, an error. With `tick`, draws anew every so many milliseconds.
 * @param start gets a function that draws at once, for what changes in the meantime
 * @throws Failure (exit 130) after Ctrl-C, and whatever the view throws
 */
export function showView<T>(
  view: View<T>,
  output: NodeJS.WriteStream & { fd: number },
  { tick, start }: { tick?: number; start?: (draw: () => void) => void } = {},
): Promise<T> {
  const input = process.stdin;
  const decoder = new StringDecoder("utf8");
  return new Promise<T>((resolve, reject) => {
    let open = true;
    let shown = "";
    let rest = "";
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const write = (text: string) => writeAll(output.fd, text);

    const close = () => {
      if (!open) return;
      open = false;
      clearInterval(timer);
      clearTimeout(waiting);
      for (const signal of ending) process.off(signal, onSignal);
      process.off("SIGWINCH", redraw);
      process.off("SIGCONT", resume);
      process.off("exit", close);
      for (const event of stray) process.off(event, fail);
      input.off("data", onData);
      input.off("end", onGone);
      input.off("error", onGone);
      try {
        input.setRawMode(false);
        write(leave);
      } catch {
        // The terminal itself is gone.
      }
      input.pause();
    };
    const fail = (error: unknown) => (close(), reject(error));
    const guarded = (work: () => void) => () => {
      try {
        if (open) work();
      } catch (error) {
        fail(error);
      }
    };
    const draw = guarded(() => {
      const [columns = 80, rows = 24] = output.getWindowSize?.() ?? [];
      const lines = view.render({ columns: columns || 80, rows: rows || 24 });
      const frame = `\x1b[H${lines.map((line) => `\x1b[K${line}`).join("\r\n")}\x1b[J`;
      if (frame === shown) return;
      shown = frame;
      write(frame);
    });
    const redraw = () => {
      shown = "";
      draw();
    };
    const resume = guarded(() => {
      input.setRawMode(true);
      write(enter);
      redraw();
    });
    const press = (keys: readonly Key[]) => {
      for (const key of keys) {
        if (!open) return;
        if (key === "interrupt") return fail(new Failure("interrupted", { exit: 130, code: "interrupted" }));
        const ended = view.press(key);
        if (ended !== undefined) return (close(), resolve(ended.result));
      }
      draw();
    };
    const onData = (data: Buffer | string) =>
      guarded(() => {
        clearTimeout(waiting);
        const read = readKeys(rest + (typeof data === "string" ? data : decoder.write(data)));
        rest = read.rest;
        if (rest !== "") waiting = setTimeout(guarded(() => (rest = "", press(["escape"]))), loneEscape);
        press(read.keys);
      })();
    const onGone = () => fail(new Failure("the terminal is gone", { code: "no-terminal" }));
    const onSignal = (signal: NodeJS.Signals) => {
      close();
      process.kill(process.pid, signal);
    };

    for (const signal of ending) process.once(signal, onSignal);
    process.on("SIGWINCH", redraw);
    process.on("SIGCONT", resume);
    process.once("exit", close);
    for (const event of stray) process.on(event, fail);
    const timer = tick === undefined ? undefined : setInterval(draw, tick);
    try {
      input.setRawMode(true);
      write(enter);
      input.on("data", onData);
      input.on("end", onGone);
      input.on("error", onGone);
      input.resume();
      start?.(draw);
      draw();
    } catch (error) {
      fail(error);
    }
  });
}
