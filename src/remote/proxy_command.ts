import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Duplex } from "node:stream";
import { Failure } from "../errors.ts";

/** The pipes of a ProxyCommand as one stream. It is the user's own command line, run by the user's shell as ssh does it. */
export class ProxyCommand extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;
  #said = "";

  constructor(command: string, shell: string) {
    super();
    this.#child = spawn(shell, ["-c", `exec ${command}`], { stdio: "pipe" });
    const { stdin, stdout, stderr } = this.#child;
    stdout.on("data", (chunk) => this.push(chunk) || stdout.pause());
    stderr.on("data", (chunk) => this.#said = (this.#said + chunk).slice(-2000));
    stdin.on("error", () => {}); // its end says more
    this.#child.once("error", (error) => this.destroy(error));
    this.#child.once("close", (code) => {
      const said = this.#said.trim().split("\n").at(-1) ?? "";
      const why = `ProxyCommand ended${code ? ` with ${code}` : ""}${said && `: ${said}`}`;
      this.destroy(new Failure(why, { hint: `it was: ${command}`, code: "proxy-command" }));
    });
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#child.stdin.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#child.kill("SIGHUP");
    done(error);
  }
}
