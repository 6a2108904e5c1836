import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import type { ClaudeHost } from "./claude_host.ts";

/** A session of several turns in one process: `-p` with prompts and answers as lines of JSON (2.1.329). */
export class Conversation {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  #waiting: ((text: string) => void)[] = [];
  stderr = "";

  constructor(host: ClaudeHost, words: readonly string[], args: readonly string[] = []) {
    const streams = ["-p", "--input-format", "stream-json", "--output-format", "stream-json", "--verbose"];
    const all = [...words, "--", "--permission-mode", "acceptEdits", ...streams, ...args];
    this.child = spawn(host.launcher, all, {
      cwd: host.work,
      env: host.env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    onTestFinished(() => {
      if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGKILL");
    });
    this.child.stderr!.on("data", (data) => this.stderr += data);
    this.ended = new Promise((resolve) => this.child.on("close", resolve));
    createInterface({ input: this.child.stdout! }).on("line", (line) => {
      const { type, result } = JSON.parse(line);
      if (type === "result") this.#waiting.shift()?.(String(result));
    });
  }

  /** Says something, and waits for the answer. */
  say(prompt: string): Promise<string> {
    const answer = new Promise<string>((resolve, reject) => {
      this.#waiting.push(resolve);
      void this.ended.then((status) => reject(new Error(`ended with ${status}: ${this.stderr}`)));
    });
    const message = { type: "user", message: { role: "user", content: prompt } };
    this.child.stdin!.write(JSON.stringify(message) + "\n");
    return answer;
  }

  /** Has a tool called; what came of it. */
  tool(name: string, input: object): Promise<string> {
    return this.say(`TOOL:${JSON.stringify({ name, input })}`);
  }

  /** Ends it in good order. */
  async end(): Promise<void> {
    this.child.stdin!.end();
    await this.ended;
  }
}
