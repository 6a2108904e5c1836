import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { connect } from "node:net";
import type { Environment } from "../claude/environment.ts";
import { versionsRoots } from "../claude/executable.ts";
import { ownClaudeProcesses } from "../claude/processes.ts";
import { claudeEntries } from "../claude/registry.ts";
import { conversationDirectories, processSockets } from "../claude/temporary_files.ts";
import { conversationsOf } from "../claude/transcripts.ts";
import { errno } from "../errors.ts";
import { identityOf } from "../runtime/process.ts";
import { liveSessions } from "../sessions/live.ts";
import type { Layout } from "../sessions/paths.ts";
import type { Item } from "./item.ts";

/** What has just begun may not have said yet whose it is (ms). */
const young = 60 * 60 * 1000;

/**
 * Temporary files that no process uses any more: directories of conversations that no live Claude Code has and in which
 * nothing is open, and sockets that nobody answers.
 */
export async function leftTemporaryFiles(layout: Layout, env: Environment, now: number): Promise<Item[]> {
  return [...leftDirectories(layout, env, now), ...await leftSockets(env)];
}

function leftDirectories(layout: Layout, env: Environment, now: number): Item[] {
  const old = conversationDirectories(env).filter(({ parent, entry }) => {
    const facts = lstatSync(`${parent}/${entry}`, { throwIfNoEntry: false });
    return facts !== undefined && now - facts.mtimeMs > young;
  });
  if (old.length === 0) return [];
  const held = heldConversations(layout, env);
  if (held === undefined) return [];
  const unheld = old.filter(({ conversation }) => !held.has(conversation));
  const open = unheld.length > 0 ? openPaths() : [];
  return unheld.filter(({ parent, entry }) =>
    !open.some((path) => path === `${parent}/${entry}` || path.startsWith(`${parent}/${entry}/`))
  ).map(({ parent, entry }) => ({
    kind: "temporary",
    parent,
    entry,
    name: `${parent}/${entry}`,
    reason: "its session has ended",
  }));
}

/** Conversations of everything that lives; undefined when it cannot be told whose a live process is. */
function heldConversations(layout: Layout, env: Environment): Set<string> | undefined {
  const held = new Set(liveSessions(layout).map(({ record }) => record.id));
  const configDirs = [...held].map((id) => `${layout.sessions}/${id}`);
  for (const { pid } of ownClaudeProcesses(versionsRoots(layout.home, env))) {
    try {
      const variables = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      const entry = variables.find((line) => line.startsWith("CLAUDE_CONFIG_DIR="));
      configDirs.push(entry?.slice("CLAUDE_CONFIG_DIR=".length) || layout.shared);
    } catch {
      if (identityOf(pid) !== undefined) return undefined;
    }
  }
  for (const configDir of new Set(configDirs)) {
    for (const { sessionId } of claudeEntries(configDir)) if (sessionId) held.add(sessionId);
    for (const id of conversationsOf(configDir)) held.add(id);
  }
  return held;
}

/** Where processes of this user work and what they have open, as far as the kernel shows it. */
function openPaths(): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const open = readdirSync(`/proc/${pid}/fd`).map((name) => `/proc/${pid}/fd/${name}`);
      return [`/proc/${pid}/cwd`, ...open].flatMap((link) => {
        try {
          return [readlinkSync(link)];
        } catch {
          return []; // closed meanwhile
        }
      });
    } catch {
      return []; // ended meanwhile, or another user's
    }
  });
}

async function leftSockets(env: Environment): Promise<Item[]> {
  const ended = processSockets(env).filter(({ pid }) => identityOf(pid) === undefined);
  const left = await Promise.all(ended.map(({ parent, entry }) => isRefused(`${parent}/${entry}`)));
  return ended.filter((_, i) => left[i]).map(({ parent, entry }) => ({
    kind: "temporary",
    parent,
    entry,
    name: `${parent}/${entry}`,
    reason: "its process has ended",
  }));
}

/** Nobody listens, in no container that shares the directory either: the kernel says so. */
async function isRefused(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    return await new Promise((resolve) => {
      socket.setTimeout(1000, () => resolve(false));
      socket.on("connect", () => resolve(false));
      socket.on("error", (error) => resolve(errno(error) === "ECONNREFUSED"));
    });
  } finally {
    socket.destroy();
  }
}
