import { StringDecoder } from "node:string_decoder";
import { Failure } from "../errors.ts";
import type { Connection } from "./connection.ts";
import type { ExecOptions } from "./exec.ts";
import { Patience } from "./patience.ts";

export type JsonObject = Record<string, unknown>;

export interface InvokeOptions extends Pick<ExecOptions, "stdin" | "timeout"> {
  /** Each JSON line as it comes, the last one (the summary) too. */
  onEvent?: (event: JsonObject) => void;
  /** What the program, or the host, says beside: stderr, and lines before the first JSON. */
  onNoise?: (text: string) => void;
}

export interface Invocation {
  code: number;
  /** The last JSON line. */
  summary: JsonObject;
}

/** A line longer than this is no JSON of ours. */
const LONGEST_LINE = 16 << 20;
/** Bytes beside the JSON; a program that explains itself needs a few thousand. */
const MOST_NOISE = 16 << 20;

/**
 * Runs claude-ops on the host with `--json`. What its exit status means is the caller's to say.
 * @throws {Failure} `connection-lost`, `timeout`; `no-answer` where the program was killed or printed no JSON; `endless`
 */
export async function invoke(
  connection: Connection,
  argv: string[],
  options: InvokeOptions = {},
): Promise<Invocation> {
  let summary: JsonObject | undefined;
  const patience = new Patience(MOST_NOISE);
  const noise = (text: string) => {
    patience.hear(text.length);
    options.onNoise?.(text);
  };
  const stdout = new Lines((line) => {
    const event = parse(line);
    if (event === undefined) return noise(`${line}\n`);
    summary = event;
    options.onEvent?.(event);
  });
  let said = "";
  const errors = new StringDecoder("utf8");
  const { code, signal } = await connection.exec(argv, {
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    onStdout: (chunk) => stdout.push(chunk),
    onStderr: (chunk) => {
      const text = errors.write(chunk);
      said = (said + text).slice(-4096);
      noise(text);
    },
  });
  stdout.end();
  if (code !== null && summary !== undefined) return { code, summary };
  const how = signal !== null
    ? `was ended by ${signal}`
    : code === null
    ? "ended without a word"
    : `gave no answer (${code})`;
  const last = said.trim().split("\n").at(-1);
  throw new Failure(`claude-ops on ${connection.target.text} ${how}${last ? `: ${last}` : ""}`, {
    hint: signal === "SIGKILL" ? "was the host out of memory?" : "run the same command again",
    code: "no-answer",
    ...(signal === null ? {} : { details: { signal } }),
  });
}

function parse(line: string): JsonObject | undefined {
  if (!line.trimStart().startsWith("{")) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Cuts a stream of bytes into lines. */
class Lines {
  readonly #decoder = new StringDecoder("utf8");
  readonly #emit: (line: string) => void;
  /** Of the line that has not ended; what makes it too long is dropped. */
  #parts: string[] = [];
  #length = 0;

  constructor(emit: (line: string) => void) {
    this.#emit = emit;
  }

  push(chunk: Buffer): void {
    const [first, ...lines] = this.#decoder.write(chunk).split("\n");
    this.#add(first!);
    for (const line of lines) {
      this.end();
      this.#add(line);
    }
  }

  #add(text: string): void {
    this.#length += text.length;
    if (this.#length <= LONGEST_LINE) this.#parts.push(text);
  }

  end(): void {
    const line = this.#parts.join("");
    if (this.#length > 0) this.#emit(this.#length <= LONGEST_LINE ? line : `${line.slice(0, 200)}…`);
    this.#parts = [];
    this.#length = 0;
  }
}
