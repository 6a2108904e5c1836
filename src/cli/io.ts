import { type Style, styleFor } from "./style.ts";

/** What a command may know of the terminal and of how it was called. Data goes to stdout, everything else to stderr. */
export interface Io {
  /** `--json` was given. */
  readonly json: boolean;
  readonly verbose: boolean;
  /** Somebody can be asked: stdin and stderr are terminals. */
  readonly interactive: boolean;
  /** Width of the terminal, or 80. */
  readonly columns: number;
  /** For text on stdout. */
  readonly style: Style;
  /** For text on stderr. */
  readonly errorStyle: Style;
  stdout(text: string): void;
  stderr(text: string): void;
  /** With `--json`, one line of running work; nothing otherwise. The outcome follows as the last line. */
  event(value: object): void;
}

/** The process's own streams. `ended` waits until all that was written has left. */
export function processIo(
  flags: { json: boolean; verbose: boolean },
): Io & { events(): number; ended(): Promise<void> } {
  const { env, stdin, stdout, stderr } = process;
  let events = 0;
  let written: Promise<void> = Promise.resolve();
  const write = (stream: NodeJS.WriteStream, text: string) => {
    if (text === "") return;
    const done = new Promise<void>((resolve) => stream.write(text, () => resolve()));
    written = Promise.all([written, done]).then(() => {});
  };
  return {
    ...flags,
    interactive: Boolean(stdin.isTTY && stderr.isTTY),
    columns: stdout.columns || stderr.columns || 80,
    get style() {
      return styleFor(Boolean(stdout.isTTY), env);
    },
    get errorStyle() {
      return styleFor(Boolean(stderr.isTTY), env);
    },
    stdout: (text) => write(stdout, text),
    stderr: (text) => write(stderr, text),
    event(value) {
      if (!flags.json) return;
      events++;
      write(stdout, JSON.stringify(value) + "\n");
    },
    events: () => events,
    ended: () => written,
  };
}
