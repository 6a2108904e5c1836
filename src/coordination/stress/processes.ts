import { type ChildProcess, spawn } from "node:child_process";
import { selfCommand } from "../../runtime/self.ts";
import type { Role } from "./worker.ts";

export interface Worker {
  /** What it has acknowledged so far. */
  said: number[];
  /** It has opened the database. */
  ready: Promise<void>;
  /** It has said that it is done, or has ended. */
  done: Promise<void>;
  ended: Promise<{ status: number | null; complaint: string }>;
  begin(): void;
  /** Ends it with -9. */
  kill(): void;
  /** Lets it end. */
  dismiss(): void;
}

/** Starts this program once more as one of many; see `stressWorker`. */
export function startWorker(
  role: Role,
  { directory, name, from = 0, count }: { directory: string; name: string; from?: number; count: number },
): Worker {
  const [program, ...words] = [
    ...selfCommand(),
    "stress-worker",
    role,
    directory,
    String(from),
    String(count),
  ];
  const env = { ...process.env, CLAUDE_OPS_STRESS_NAME: name };
  const child = spawn(program!, words, { env, stdio: ["pipe", "pipe", "pipe"] });
  // Nobody reads any more: it was killed.
  child.stdin.on("error", () => {});
  let complaint = "";
  child.stderr.on("data", (data) => complaint += data);
  const ended = new Promise<{ status: number | null; complaint: string }>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, complaint }));
  });
  const said: number[] = [];
  const [ready, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  onLines(child, (line) => {
    if (line === "ready") ready.resolve();
    else if (line === "done") done.resolve();
    else said.push(Number(line));
  });
  ended.then(() => [ready, done].forEach(({ resolve }) => resolve()), () => {});
  return {
    said,
    ready: ready.promise,
    done: done.promise,
    ended,
    begin: () => void child.stdin.write("x"),
    // Not child.kill(): Deno's sends one signal in a child's life.
    kill: () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(child.pid!, "SIGKILL");
    },
    dismiss: () => void child.stdin.end(),
  };
}

/** Whole lines only: what a killed one said half was not said. */
function onLines(child: ChildProcess, line: (text: string) => void): void {
  let rest = "";
  child.stdout!.on("data", (data) => {
    const lines = (rest + data).split("\n");
    rest = lines.pop()!;
    lines.forEach(line);
  });
}
