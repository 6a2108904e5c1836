import { spawn } from "node:child_process";
import type { Config } from "../config/schema.ts";
import type { Environment } from "../claude/environment.ts";
import { secretOf } from "./secret.ts";

/** Where messages about memories go to, outside of claude-ops. */
export interface Receiver {
  /** For people. */
  name: string;
  /**
   * Hands a message over; it is taken when this resolves.
   * @throws Error with a sentence that says why it was not
   */
  take(message: string, env: Environment): Promise<void>;
}

/** Milliseconds that a receiver gets for one message. */
const patience = 30_000;

/** The receiver that the configuration names; undefined where it names none. */
export function receiverOf({ memory }: Config): Receiver | undefined {
  const { sync_command: command, sync_url: url } = memory;
  if (command.length > 0) {
    return {
      name: command[0]!,
      take: (message, env) => toCommand(command, message, env),
    };
  }
  if (url === "") return undefined;
  const key = { file: memory.sync_key_file, variable: memory.sync_key_env };
  return { name: new URL(url).host, take: (message, env) => toUrl(url, message, secretOf(key, env)) };
}

/** The message is all of its stdin; exit status 0 says that it was taken. */
function toCommand([program, ...words]: readonly string[], message: string, env: Environment): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program!, words, {
      env,
      stdio: ["pipe", "ignore", "pipe"],
      timeout: patience,
      killSignal: "SIGKILL",
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => said = (said + text).slice(-2000));
    child.on("error", ({ message }) => reject(new Error(`${program}: ${message}`)));
    child.on("close", (code, signal) => {
      if (code === 0) return resolve();
      const last = said.trim().split("\n").at(-1);
      const how = signal === null ? `exit status ${code}` : `ended by ${signal}`;
      reject(new Error(`${program}: ${how}${last ? `: ${last}` : ""}`));
    });
    // One that reads nothing of it may still take it.
    child.stdin.on("error", () => {});
    child.stdin.end(message);
  });
}

/** Any status from 200 to 299 says that it was taken. */
async function toUrl(url: string, message: string, key: string | undefined): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "idempotency-key": String((JSON.parse(message) as { key: string }).key),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    body: message,
    redirect: "error",
    signal: AbortSignal.timeout(patience),
  }).catch((error: Error) => {
    throw new Error(
      `${new URL(url).host}: ${error.name === "TimeoutError" ? "no answer in time" : error.message}`,
    );
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`${new URL(url).host}: HTTP ${response.status}`);
}
