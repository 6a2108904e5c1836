import { lstatSync, statSync } from "node:fs";
import { sharedDirectories, sharedFiles } from "../claude/config_dir.ts";
import {
  at,
  type ClaudeConfig,
  type Decision,
  decisionsOf,
  isOpen,
  isSame,
  put,
  readConfig,
  trustOf,
} from "../claude/decisions.ts";
import { describeServer, differingParts } from "../claude/mcp_server.ts";
import { covering } from "../claude/trust.ts";
import { Failure } from "../errors.ts";
import { applying } from "./inherit.ts";
import type { Layout } from "./paths.ts";
import { sessionLiveness } from "./presence.ts";
import type { SessionRecord } from "./record.ts";
import { sharedConfig } from "./shared.ts";
import { remembered } from "./trust.ts";

/** `here`: only in the session; `shared`: not in it, but for it; `differs`: shared is something else. */
export type Side = "here" | "shared" | "differs";

/** One decision that a session and the shared files do not have alike. No secret is in it. */
export interface Difference {
  key: string;
  kind: Decision["kind"];
  side: Side;
  /** What the session has, for people. */
  here: string | null;
  /** What is shared, for people. */
  shared: string | null;
  /** The parts that are not alike, where both have a server. */
  parts?: string[];
}

export interface Comparison {
  id: string;
  name: string;
  cwd: string;
  live: boolean;
  differences: Difference[];
  /** What all sessions have in common elsewhere and this one by itself, e.g. `settings.json`. */
  own: string[];
}

/**
 * A session's `.claude.json`.
 * @throws Failure when it cannot be read
 */
export function configOf(layout: Layout, { id, name }: SessionRecord): ClaudeConfig {
  const path = `${layout.sessions}/${id}/.claude.json`;
  const read = readConfig(path) ?? { unreadable: "it is not there" };
  if ("config" in read) return read.config;
  throw new Failure(`cannot read what session ${name} has: ${path}: ${read.unreadable}`, {
    hint: "Claude Code keeps earlier ones in backups/ beside it",
    code: "session-unreadable",
  });
}

/**
 * What a session has that the shared files have not, and what they have for it that it has not.
 * @throws Failure when either side cannot be read
 */
export function compare(layout: Layout, record: SessionRecord): Comparison {
  const { id, name, cwd } = record;
  const differences = differencesOf(layout, record, configOf(layout, record));
  return {
    id,
    name,
    cwd,
    live: sessionLiveness(layout, record) === "live",
    differences,
    own: ownOf(layout, id),
  };
}

/** The same for a config of that session that was read before. */
export function differencesOf(
  layout: Layout,
  { cwd, project }: SessionRecord,
  config: ClaudeConfig,
): Difference[] {
  const shared = allShared(layout);
  const differences = decisionsOf(config).filter(({ path, value }) => !isSame(value, at(shared, path)))
    .map((decision) => difference(decision, decision.value, at(shared, decision.path)));
  const trusting = (of: ClaudeConfig) => covering(accepted(of), cwd, project);
  const trust = trusting(config).length > 0 ? [] : trusting(shared).map(trustOf);
  for (const decision of [...applying(decisionsOf(shared), cwd, project), ...trust]) {
    if (isOpen(config, decision)) differences.push(difference(decision, undefined, decision.value));
  }
  return differences;
}

const accepted = (config: ClaudeConfig) =>
  decisionsOf(config).flatMap(({ kind, directory }) => kind === "trust" ? [directory!] : []);

/** What people brought back, and all trust that outlives the session it was given in. */
function allShared(layout: Layout): ClaudeConfig {
  const config = sharedConfig(layout);
  const users = readConfig(`${layout.home}/.claude.json`);
  const elsewhere = users !== undefined && "config" in users ? accepted(users.config) : [];
  for (const directory of [...remembered(layout), ...elsewhere]) put(config, trustOf(directory));
  return config;
}

function difference({ key, kind }: Decision, here: unknown, shared: unknown): Difference {
  const [mine, theirs] = [here, shared].map((value) => value === undefined ? null : describe(kind, value));
  const side = mine === null ? "shared" : theirs === null ? "here" : "differs";
  const parts = kind === "mcp" && side === "differs" ? { parts: differingParts(here, shared) } : {};
  return { key, kind, side, here: mine!, shared: theirs!, ...parts };
}

function describe(kind: Decision["kind"], value: unknown): string {
  if (kind === "mcp") return describeServer(value);
  if (kind === "preference") return String(value);
  return kind === "trust" ? "accepted" : "allowed";
}

/** Names that are no links to what is shared. */
function ownOf(layout: Layout, id: string): string[] {
  return [...sharedDirectories, ...sharedFiles].filter((name) => {
    const path = `${layout.sessions}/${id}/${name}`;
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (facts === undefined || !facts.isSymbolicLink()) return facts !== undefined;
    const [here, there] = [path, `${layout.shared}/${name}`].map((path) =>
      statSync(path, { throwIfNoEntry: false })
    );
    return here?.ino !== there?.ino || here?.dev !== there?.dev;
  });
}
