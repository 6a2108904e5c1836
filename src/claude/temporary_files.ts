import { lstatSync } from "node:fs";
import { namesIn } from "../runtime/files.ts";
import type { Environment } from "./environment.ts";

/** A file or directory that Claude Code made outside of a config dir. */
export interface TemporaryFile {
  parent: string;
  entry: string;
}

const conversation = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const socket = /^(\d+)\.sock$/;

/** Directories of conversations: `/tmp/claude-<uid>/<slug>/<conversation>/` with outputs of tasks; seen on 2.1.329. */
export function conversationDirectories(env: Environment): (TemporaryFile & { conversation: string })[] {
  const place = `${root(env)}/claude-${process.getuid!()}`;
  if (!isOwnDirectory(place)) return [];
  return namesIn(place).map((slug) => `${place}/${slug}`).filter(isOwnDirectory)
    .flatMap((parent) =>
      namesIn(parent).filter((name) => conversation.test(name))
        .map((entry) => ({ parent, entry, conversation: entry }))
    );
}

/**
 * Sockets of processes: `cc-socks/<pid>.sock` in the directory for temporary files or in XDG_RUNTIME_DIR, and
 * `/tmp/cc-socks-<uid>/` where that path would be too long; seen on 2.1.329.
 */
export function processSockets(env: Environment): (TemporaryFile & { pid: number })[] {
  const runtime = env.XDG_RUNTIME_DIR?.startsWith("/") ? [env.XDG_RUNTIME_DIR] : [];
  const places = [root(env), ...runtime].map((place) => `${place}/cc-socks`);
  if (root(env) === "/tmp") places.push(`/tmp/cc-socks-${process.getuid!()}`);
  return places.flatMap((parent) =>
    namesIn(parent).flatMap((entry) => {
      const pid = socket.exec(entry)?.[1];
      const facts = pid && lstatSync(`${parent}/${entry}`, { throwIfNoEntry: false });
      if (!facts || !facts.isSocket() || facts.uid !== process.getuid!()) return [];
      return [{ parent, entry, pid: Number(pid) }];
    })
  );
}

function root({ CLAUDE_CODE_TMPDIR: own }: Environment): string {
  return own?.startsWith("/") ? own.replace(/(?<=.)\/+$/, "") : "/tmp";
}

function isOwnDirectory(path: string): boolean {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  return facts !== undefined && facts.isDirectory() && facts.uid === process.getuid!();
}
