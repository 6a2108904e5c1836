import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { explainFailure, Failure } from "../errors.ts";
import type { Words } from "./begin.ts";
import type { Settings } from "./settings.ts";

/** All that a process in a tmux server needs to start what somebody at a terminal wants. */
export interface Request {
  words: Words;
  id: string;
  tmux: string;
  cwd: string;
  umask: number;
  env: Record<string, string>;
  settings: Settings;
}

/** Somebody who waits for one process to take a request and to become Claude Code with it. */
export interface Handover {
  /** Tells that process where to ask. */
  address: string;
  /** Resolves when it has become Claude Code, or has ended. @throws Failure that it met, as it was */
  done: Promise<void>;
  close(): void;
}

/**
 * Hands a request to one process through a socket that only this user can reach: nothing of it is ever in an argument,
 * in a file or in the environment of a tmux server, whose next session would have it.
 */
export async function handOver(request: Request): Promise<Handover> {
  const directory = mkdtempSync(`${tmpdir()}/claude-ops-`);
  const address = `${directory}/s`;
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    server.close();
    socket.write(JSON.stringify(request) + "\n");
    // The kernel closes it on execve: an end without a word means that Claude Code has begun.
    readAll(socket).then((said) => said === "" ? resolve() : reject(revive(said)), reject);
  });
  server.on("error", reject);
  await new Promise<void>((ready) => server.listen(address, ready));
  chmodSync(address, 0o600);
  return {
    address,
    done,
    close() {
      server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Takes the request that waits at an address; `refuse` tells the other side why nothing comes of it. */
export async function takeOver(
  address: string,
): Promise<{ request: Request; refuse(error: unknown): Promise<void> }> {
  const socket = connect(address);
  const line = await readLine(socket);
  return {
    request: JSON.parse(line),
    refuse: (error) => {
      // With what a question knows beside its words.
      const said = { ...error as object, ...explainFailure(error) };
      return new Promise((sent) => socket.end(JSON.stringify(said), sent));
    },
  };
}

function revive(said: string): Failure {
  const { message, ...rest } = JSON.parse(said);
  return Object.assign(new Failure(message, rest), rest);
}

function readAll(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("utf8").on("data", (data) => text += data);
  return new Promise((resolve, reject) => socket.on("end", () => resolve(text)).on("error", reject));
}

function readLine(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("utf8");
  return new Promise((resolve, reject) =>
    socket.on("data", (data) => {
      text += data;
      if (text.endsWith("\n")) resolve(text);
    }).on("error", reject).on("end", () => reject(new Error("nobody waits there any more")))
  );
}
