import { Failure } from "../errors.ts";
import type { ExecOptions } from "./exec.ts";
import { Patience } from "./patience.ts";

type Event = "asked" | "begun" | "ended";

/** What comes on stderr: sudo's questions and words until the command has begun, then the command's own. */
export class SudoTalk {
  begun = false;
  readonly #mark: string;
  readonly #listener: ExecOptions["onStderr"];
  #said = "";
  #unread = "";
  #rest: Buffer[] = [];
  #events: Event[] = [];
  #wake = () => {};
  readonly #patience = new Patience();

  /** @param mark stands before `-asked` and `-begun` */
  constructor(mark: string, listener: ExecOptions["onStderr"]) {
    this.#mark = mark;
    this.#listener = listener;
  }

  /** What sudo has said beside its questions. */
  get said(): string {
    return Buffer.from(`${this.#said}${this.#unread}`, "latin1").toString("utf8").trim();
  }

  /** What the command has said, where nobody listens. */
  get rest(): string {
    return Buffer.concat(this.#rest).toString("utf8");
  }

  hear(chunk: Buffer): void {
    if (!this.begun || this.#listener === undefined) this.#patience.hear(chunk.length);
    if (this.begun) return this.#pass(chunk);
    this.#unread += chunk.toString("latin1");
    for (let at; !this.begun && (at = this.#unread.indexOf(`${this.#mark}-`)) >= 0;) {
      const word = /^(asked|begun\n)/.exec(this.#unread.slice(at + this.#mark.length + 1))?.[0];
      if (word === undefined) return;
      this.#said += this.#unread.slice(0, at);
      this.#unread = this.#unread.slice(at + this.#mark.length + 1 + word.length);
      this.#tell(word.trim() as Event);
    }
    if (this.begun && this.#unread !== "") this.#pass(Buffer.from(this.#unread, "latin1"));
  }

  end(): void {
    this.#tell("ended");
  }

  /** @throws {Failure} `timeout` where nothing happens for so many milliseconds */
  async next(patience: number): Promise<Event> {
    if (this.#events.length === 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        timer = setTimeout(() => {
          const said = this.said === "" ? "" : `: ${this.said.split("\n").at(-1)}`;
          reject(
            new Failure(`sudo neither asks nor begins${said}`, {
              hint: "does sudo on that host ask for more than a password?",
              code: "timeout",
            }),
          );
        }, patience);
      }).finally(() => clearTimeout(timer));
    }
    return this.#events.shift()!;
  }

  #pass(chunk: Buffer): void {
    if (this.#listener === undefined) this.#rest.push(chunk);
    else this.#listener(chunk);
  }

  #tell(event: Event): void {
    if (event === "begun") this.begun = true;
    this.#events.push(event);
    this.#wake();
  }
}
