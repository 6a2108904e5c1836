import { existsSync, lstatSync, mkdirSync, readlinkSync, renameSync, type Stats } from "node:fs";
import { errno, Failure } from "../errors.ts";
import { exchange } from "../runtime/exchange.ts";
import { OpenDirectory } from "../runtime/open_directory.ts";
import { removeTree } from "../runtime/remove_tree.ts";
import { checkManifest, INSTRUCTIONS, type Manifest, type Part } from "./manifest.ts";
import { inWords, plan, type Unit } from "./plan.ts";
import { hashOf, look, type Present } from "./present.ts";
import { lacking, type Places, requireRoom, stage } from "./stage.ts";
import { Input } from "./wire.ts";

/** Where things are made ready, in `~/.claude`: on the same file system, and where no session looks. */
export const STAGING = ".shared-incoming";

export interface ReceiveOptions {
  part: Part;
  /** What is there must be root's alone. */
  readOnly: boolean;
  /** What was not sent goes. */
  mirror: boolean;
  /** Nothing is changed, and nothing asked for. */
  check: boolean;
  /** Told the places in the manifest of the files that have to be sent. */
  ask: (lacks: number[]) => void;
}

/** What became of a unit, or would. */
export interface Change {
  path: string;
  what: "added" | "changed" | "removed";
  detail: string;
}

/**
 * Receives shared resources into `~/.claude`: a list of all, then what it lacks of it. Everything is there and checked before
 * the first change, and each skill, agent or command then comes whole, by one rename. Whoever is killed or cut off
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
  const manifest = checkManifest(await input.manifest(), options.part);
  const present: Present = new Map();
  if (shared !== undefined) {
    for (const top of manifest.tops) {
      refuseLink(shared, top);
      for (const [path, there] of look(shared.path, top, options.readOnly ? rootsAlone : () => true)) {
        present.set(path, there);
      }
    }
  }
  const units = plan(manifest, present, (path) => hashOf(`${shared!.path}/${path}`), options.mirror);
  if (!options.check) clearStaging(shared!);
  if (!options.check && units.length > 0) await bring(units, input, manifest, present, shared!, options);
  return units.map((unit) => ({ path: unit.path, what: kindOf(unit), detail: inWords(unit) }));
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
    options.ask(files.map(({ path }) => numbers.get(path)!));
    await stage(units, { shared: shared.path, staging: staging.path }, present, input.contents());
    for (const top of manifest.tops) if (top !== INSTRUCTIONS) ensure(`${shared.path}/${top}`);
    for (const [number, unit] of units.entries()) {
      swap(unit, number, { shared: shared.path, staging: staging.path });
    }
  } finally {
    removeTree(shared.path, STAGING);
  }
}

/** Removes what a run has left that was killed. Nobody else receives now. */
export function clearStaging(shared: OpenDirectory): void {
  const { left } = removeTree(shared.path, STAGING);
  if (left !== undefined) {
    throw new Failure(`~/.claude/${STAGING} is in the way: ${left}`, { hint: "remove it" });
  }
}

/** An empty directory that only we can enter; what a killed run has left in its place goes. */
export function freshStaging(shared: OpenDirectory): OpenDirectory {
  clearStaging(shared);
  mkdirSync(`${shared.path}/${STAGING}`, { mode: 0o700 });
  const staging = shared.open(STAGING);
  const facts = staging && lstatSync(`${staging.path}/.`);
  if (facts?.uid === process.getuid!() && (facts.mode & 0o777) === 0o700) return staging!;
  staging?.close();
  throw new Failure(`somebody exchanges ~/.claude/${STAGING}`, { hint: "see who runs there, and try again" });
}

function swap(unit: Unit, number: number, { shared, staging }: Places): void {
  const [ready, place] = [`${staging}/${number}`, `${shared}/${unit.path}`];
  if (unit.entries.length === 0) renameSync(place, ready);
  else if (lstatSync(place, { throwIfNoEntry: false }) === undefined) renameSync(ready, place);
  else exchange(ready, place);
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
