import { execFileSync, spawnSync } from "node:child_process";
import { onTestFinished } from "vitest";
import { scratch } from "../unit/scratch.ts";

/** A real terminal with a shell in it: a tmux server of the test's own, with nothing of ours. */
export class Terminal {
  readonly #socket = `${scratch()}/tmux`;

  constructor(env: Record<string, string>, cwd: string, size: [number, number] = [100, 30]) {
    const [width, height] = size.map(String) as [string, string];
    execFileSync("tmux", [
      ...["-S", this.#socket, "-f", "/dev/null", "new-session", "-d", "-x", width, "-y", height],
      ...[
        "env",
        "-i",
        ...Object.entries({ ...env, TERM: "xterm-256color" }).map((pair) => pair.join("=")),
        "sh",
      ],
    ], { cwd, env: { PATH: "/usr/bin:/bin", HOME: cwd, LC_CTYPE: "C.UTF-8" } });
    onTestFinished(() => this.end());
  }

  /** It goes away, with a hang-up for what runs in it. */
  end(): void {
    spawnSync("tmux", ["-S", this.#socket, "kill-server"]);
  }

  write(text: string): void {
    this.#tmux("send-keys", "-l", text);
  }

  type(line: string): void {
    this.write(line);
    this.press("Enter");
  }

  /** A key by tmux's name for it, e.g. `C-q`. */
  press(key: string): void {
    this.#tmux("send-keys", key);
  }

  get screen(): string {
    return this.#tmux("capture-pane", "-p").trimEnd();
  }

  /** Waits until something is on the screen; the screen then. */
  async see(what: string | RegExp): Promise<string> {
    for (let attempt = 0; attempt < 300; attempt++) {
      const screen = this.screen;
      if (typeof what === "string" ? screen.includes(what) : what.test(screen)) return screen;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${what} never seen in\n${this.screen}`);
  }

  #tmux(...words: string[]): string {
    return execFileSync("tmux", ["-u", "-S", this.#socket, ...words], {
      encoding: "utf8",
      env: { PATH: "/usr/bin:/bin" },
    });
  }
}
