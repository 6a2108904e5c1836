import { existsSync, fsyncSync, lstatSync, mkdirSync, readlinkSync, renameSync, type Stats } from "node:fs";
import { errno, Failure } from "../errors.ts";
import { exchange } from "../runtime/exchange.ts";
import { OpenDirectory } from "../runtime/open_directory.ts";
import { removeTree } from "../runtime/remove_tree.ts";
import { syncFileSystem } from "../runtime/sync_file_system.ts";
import { checkManifest, INSTRUCTIONS, type Manifest, type Part } from "./manifest.ts";
import { checkOutline, unitOf } from "./outline.ts";
import { inWords, plan, type Unit } from "./plan.ts";
import { hashOf, look, type Present } from "./present.ts";
import { type Seen, stampsOf } from "./seen.ts";
import { clearStaging, freshStaging, STAGING } from "./staging.ts";
import { lacking, type Places, requireRoom, stage } from "./stage.ts";
import { Input } from "./wire.ts";

export interface ReceiveOptions {
  part: Part;
  /** What is there must be root's alone. */
  readOnly: boolean;
  /** What was not sent goes. */
  mirror: boolean;
  /** Nothing is changed, and nothing asked for. */
  check: boolean;
  /** What was right before and that only root changes; without, all is read. */
  seen?: Seen | undefined;
  /** Told which units differ, by their places in the outline, and then which files are lacking, by theirs in the manifest. */
  ask: (what: { differ: number[] } | { lacks: number[] }) => void;
}

/** What became of a unit, or would. */
export interface Change {
  path: string;
  what: "added" | "changed" | "removed";
  detail: string;
}

/**
 * Receives shared resources into `~/.claude`: an outline of all, a list of what the units that differ hold, then the contents
 * that it lacks. Everything is there, checked and on the disk before the first change, and each skill, agent or command
 * then comes whole, by one rename. Whoever is killed or cut off
 * leaves nothing that a session sees; the next run clears away what is left.
 * @param shared `~/.claude`, open; undefined where there is none yet, for a check
 * @throws Failure
 */
export async function receive(
  source: AsyncIterable<Uint8Array>,
  shared: OpenDirectory | undefined,
  options: ReceiveOptions,
): Promise<Change[]> {
  const input = new Input(source);
  const outline = checkOutline(await input.list(), options.part);
  const { seen, mirror, check } = options;
  const present = lookAt(shared, outline.tops, options.readOnly);
  const stamps = stampsOf(present);
  const settled = seen?.settled(outline, stamps, mirror) ?? new Set();
  for (const path of present.keys()) if (settled.has(unitOf(path))) present.delete(path);
  const differ = outline.units.flatMap(([path], number) => settled.has(path) ? [] : number);
  if (differ.length > 0) options.ask({ differ });
  const entries = differ.length > 0 ? await input.list() : [];
  const manifest = checkManifest({ tops: outline.tops, entries }, options.part);
  const units = plan(manifest, present, (path) => hashOf(`${shared!.path}/${path}`), mirror);
  if (!check) {
    clearStaging(shared!);
    if (units.length > 0) await bring(units, input, manifest, present, shared!, options);
    if (units.length > 0) seen?.remember(outline, stampsOf(lookAt(shared, outline.tops, true)), mirror);
    else if (differ.length > 0) seen?.remember(outline, stamps, mirror);
  }
  return units.map((unit) => ({ path: unit.path, what: kindOf(unit), detail: inWords(unit) }));
}

function lookAt(shared: OpenDirectory | undefined, tops: readonly string[], readOnly: boolean): Present {
  const present: Present = new Map();
  if (shared === undefined) return present;
  for (const top of tops) {
    refuseLink(shared, top);
    look(shared.path, top, readOnly ? rootsAlone : () => true, present);
  }
  return present;
}

async function bring(
  units: Unit[],
  input: Input,
  manifest: Manifest,
  present: Present,
  shared: OpenDirectory,
  options: ReceiveOptions,
): Promise<void> {
  process.umask(0o022);
  const files = lacking(units);
  requireRoom(shared.path, files);
  using staging = freshStaging(shared);
  try {
    const numbers = new Map(manifest.entries.map((entry, number) => [entry.path, number]));
    options.ask({ lacks: files.map(({ path }) => numbers.get(path)!) });
    await stage(units, { shared: shared.path, staging: staging.path }, present, input.contents());
    // After a power cut, what is in place has its contents.
    syncFileSystem(staging);
    for (const top of manifest.tops) if (top !== INSTRUCTIONS) ensure(`${shared.path}/${top}`);
    for (const [number, unit] of units.entries()) {
      swap(unit, number, { shared: shared.path, staging: staging.path });
    }
    for (const top of new Set(units.map(({ path }) => path.split("/", 1)[0]!))) syncTop(shared, top);
  } finally {
    removeTree(shared.path, STAGING);
  }
}

function swap(unit: Unit, number: number, { shared, staging }: Places): void {
  const [ready, place] = [`${staging}/${number}`, `${shared}/${unit.path}`];
  if (unit.entries.length === 0) renameSync(place, ready);
  else if (lstatSync(place, { throwIfNoEntry: false }) === undefined) renameSync(ready, place);
  else exchange(ready, place);
}

/** What was renamed in there stays so after a power cut. */
function syncTop(shared: OpenDirectory, top: string): void {
  using directory = shared.open(top);
  fsyncSync((directory ?? shared).descriptor);
}

function ensure(directory: string): void {
  if (!existsSync(directory)) mkdirSync(directory, { mode: 0o755 });
}

/** Somebody's dotfiles: what is in there is looked after elsewhere. */
function refuseLink(shared: OpenDirectory, top: string): void {
  try {
    const target = readlinkSync(`${shared.path}/${top}`);
    throw new Failure(`~/.claude/${top} is a link to ${target}, and is left alone`, {
      hint: "move it away to have it filled from the shared directory",
      code: "shared-link",
    });
  } catch (error) {
    if (errno(error) !== "EINVAL" && errno(error) !== "ENOENT") throw error;
  }
}

/** Nobody but root can change it. */
export function rootsAlone(facts: Stats): boolean {
  return facts.uid === 0 && (facts.isSymbolicLink() || (facts.mode & 0o022) === 0);
}

function kindOf({ path, entries, added }: Unit): Change["what"] {
  return entries.length === 0 ? "removed" : added.includes(path) ? "added" : "changed";
}
