import { type ChildProcess, spawn } from "node:child_process";
import { print, prompt } from "./screen.ts";

export interface Ran {
  status: number | null;
  /** All that it printed. */
  output: string;
}

/** Nothing here takes longer, milliseconds. */
const LIMIT = 300_000;

/** Runs lines as a person would type them: by bash, in a scratch directory, with an environment of its own. */
export class Shell {
  readonly #running = new Set<ChildProcess>();

  constructor(readonly directory: string, readonly env: Record<string, string>) {}

  /** Shows the line and lets it have the terminal. Returns its exit status. */
  async show(line: string): Promise<number | null> {
    prompt(line);
    return (await this.#run(line, false)).status;
  }

  /** Shows the line and what it prints. */
  async tell(line: string): Promise<Ran> {
    prompt(line);
    return await this.#run(line, true, print);
  }

  /** Shows the line as one that goes on in the background; what it prints is for later. */
  background(line: string): Promise<Ran> {
    prompt(`${line} &`);
    return this.#run(line, true);
  }

  /** Runs the line unseen. */
  ask(line: string): Promise<Ran> {
    return this.#run(line, true);
  }

  stop(): void {
    for (const child of this.#running) child.kill("SIGKILL");
  }

  async #run(line: string, keep: boolean, onText?: (text: string) => void): Promise<Ran> {
    // Standard error goes where standard output goes, as on a terminal.
    const child = spawn("/bin/bash", ["-c", `exec 2>&1\n${line}`], {
      cwd: this.directory,
      env: this.env,
      stdio: ["ignore", keep ? "pipe" : 1, "ignore"],
      timeout: LIMIT,
    });
    this.#running.add(child);
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      onText?.(text);
    });
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject).once("close", resolve);
    });
    this.#running.delete(child);
    return { status, output };
  }
}
