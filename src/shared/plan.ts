import { Failure } from "../errors.ts";
import type { Entry, Manifest } from "./manifest.ts";
import { unitOf } from "./outline.ts";
import type { Present, There } from "./present.ts";

/** What is put in place by one rename: a skill's directory, an agent's file. Paths are below the shared directory. */
export interface Unit {
  path: string;
  added: string[];
  changed: string[];
  removed: string[];
  /** What it will hold of what was sent; none: it goes. */
  entries: Entry[];
  /** What stays of what was there and was not sent. */
  kept: string[];
  /** Of `entries`, the files that are there already. */
  same: Set<string>;
}

/**
 * Which units differ, and in what.
 * @param hash of a file that is there, asked for only where its size is right
 * @param mirror what was not sent goes
 * @throws Failure where something would have to go to make room, without `mirror`
 */
export function plan(
  manifest: Manifest,
  present: Present,
  hash: (path: string) => string | undefined,
  mirror: boolean,
): Unit[] {
  const units = new Map<string, Unit>();
  const unitFor = (path: string): Unit => {
    const name = unitOf(path);
    let unit = units.get(name);
    if (unit === undefined) {
      units.set(
        name,
        unit = { path: name, added: [], changed: [], removed: [], entries: [], kept: [], same: new Set() },
      );
    }
    return unit;
  };
  const sent = new Map(manifest.entries.map((entry) => [entry.path, entry]));
  for (const entry of manifest.entries) {
    const unit = unitFor(entry.path);
    const there = present.get(entry.path);
    unit.entries.push(entry);
    if (there === undefined) unit.added.push(entry.path);
    else if (!isSame(entry, there, hash)) unit.changed.push(entry.path);
    else if (entry.type === "file") unit.same.add(entry.path);
  }
  for (const path of [...present.keys()].sort()) {
    if (sent.has(path) || manifest.tops.includes(path)) continue;
    const unit = unitFor(path);
    if (mirror) unit.removed.push(path);
    else if (fits(path, sent)) unit.kept.push(path);
    else throw inTheWay(path);
  }
  return [...units.values()].filter(({ added, changed, removed }) =>
    added.length + changed.length + removed.length > 0
  );
}

function isSame(entry: Entry, there: There, hash: (path: string) => string | undefined): boolean {
  if (entry.type !== there.type) return false;
  if (entry.type === "link") return entry.target === there.target;
  if (entry.type === "directory") return true;
  const executable = (there.mode & 0o100) !== 0;
  return entry.size === there.size && entry.executable === executable && hash(entry.path) === entry.sha256;
}

/** Whether its directory stays one. */
function fits(path: string, sent: ReadonlyMap<string, Entry>): boolean {
  const parent = path.slice(0, path.lastIndexOf("/"));
  const type = sent.get(parent)?.type;
  return type === undefined || type === "directory";
}

function inTheWay(path: string): Failure {
  return new Failure(`~/.claude/${path} would have to go, as its directory becomes a file`, {
    hint: "--mirror takes away what is not in the shared directory",
    code: "shared-refused",
  });
}

/** In a line: `added`, `removed` or which files of it differ. */
export function inWords({ path, added, changed, removed, entries }: Unit): string {
  const inner = (paths: string[]) => paths.map((one) => one.slice(path.length + 1)).filter(Boolean);
  if (entries.length === 0) return "removed";
  if (added.includes(path)) return entries.length === 1 ? "added" : `added, ${entries.length - 1} in it`;
  if (changed.includes(path)) return "changed";
  return [["changed", inner(changed)], ["added", inner(added)], ["removed", inner(removed)]].filter((
    [, paths],
  ) => paths!.length > 0).map(([word, paths]) => `${word}: ${(paths as string[]).join(", ")}`).join("; ");
}
