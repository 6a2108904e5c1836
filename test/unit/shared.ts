import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { type Owner, ownerOfProcess } from "../../src/coordination/owner.ts";
import { selfCommand } from "../../src/runtime/self.ts";
import { Database } from "../../src/store/database.ts";
import { scratch } from "./scratch.ts";

/** A database of the test's own, or one more connection to it. */
export function database(directory: string = scratch()): Database {
  const db = new Database(directory);
  onTestFinished(() => db.close());
  return db;
}

export interface Somebody {
  owner: Owner;
  /** Ends the process with -9 and waits until the kernel has none any more. */
  kill(): Promise<void>;
}

/** A process that lives until it is killed or the test ends, as an owner of that name. */
export function somebody(name: string): Somebody {
  const child = spawn("sleep", ["600"], { stdio: "ignore" });
  const kill = () => killed(child);
  onTestFinished(kill);
  return { owner: ownerOfProcess(child.pid!, { name }), kill };
}

/** Runs a program of the tests, such as `store_worker.ts`, in a process of its own. */
export function worker(file: string, ...words: string[]): ChildProcess {
  const [program, ...args] = selfCommand().slice(0, -1);
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(program!, [...args, path, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => killed(child));
  return child;
}

export function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.on("exit", () => resolve());
    process.kill(child.pid!, "SIGKILL");
  });
}
