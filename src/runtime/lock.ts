import { mkdirSync, readdirSync, readlinkSync, renameSync, symlinkSync } from "node:fs";
import { errno, Exit, Failure } from "../errors.ts";
import { removeFile } from "./files.ts";
import { livenessOf, ownIdentity, type ProcessIdentity } from "./process.ts";

/**
 * Runs `work` while no other process runs work under the same lock. Who dies holds nothing, at once: an owner is
 * written down as the process that it is, which the kernel knows. `work` must not take the same lock again.
 *
 * The lock is a directory of symbolic links `<turn> -> <owner>`, renamed to `<turn>.free` when the owner is done. The
 * highest turn counts. A link appears at once and whole, and the highest one is never removed, so nobody who looked
 * some time ago can take a turn that has passed.
 * @param directory made when it is missing, its parent is not
 * @param patience milliseconds to wait for others
 * @throws Failure with exit status 75 after that
 */
export function exclusively<T>(directory: string, patience: number, work: () => T): T {
  const release = acquire(directory, patience);
  try {
    return work();
  } finally {
    release();
  }
}

/** The same for work that is not done at once: returns what gives the lock back. It ends with this process at the latest. */
export function acquire(directory: string, patience: number): () => void {
  const turn = take(directory, JSON.stringify(ownIdentity()), performance.now() + patience);
  return () => {
    try {
      renameSync(`${directory}/${turn}`, `${directory}/${turn}.free`);
    } catch {
      // A broken disk; what went wrong in the work is what there is to tell.
    }
  };
}

/** The live process whose turn it is under a lock now. Anybody may ask who can read the directory. */
export function holderOf(directory: string): ProcessIdentity | undefined {
  const { turn, free } = latest(namesIn(directory));
  return turn === 0 || free ? undefined : ownerOf(`${directory}/${turn}`);
}

function take(directory: string, me: string, deadline: number): number {
  for (;;) {
    const { turn, free } = latest(namesIn(directory));
    const owner = turn === 0 || free ? undefined : ownerOf(`${directory}/${turn}`);
    if (owner === undefined) {
      if (claim(directory, turn + 1, me)) return turn + 1;
    } else if (performance.now() > deadline) throw tooLong(`${directory}/${turn}`, owner);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1 + Math.random() * 4);
  }
}

/** The process whose turn it is; undefined where it is nobody's any more. */
function ownerOf(link: string): ProcessIdentity | undefined {
  try {
    const owner: ProcessIdentity = JSON.parse(readlinkSync(link));
    return livenessOf(owner) === "dead" ? undefined : owner;
  } catch {
    // Taken away meanwhile: then the claim finds out.
    return undefined;
  }
}

function claim(directory: string, turn: number, me: string): boolean {
  try {
    symlinkSync(me, `${directory}/${turn}`);
  } catch (error) {
    if (errno(error) === "EEXIST") return false;
    if (errno(error) !== "ENOENT") throw error;
    mkdirSync(directory, { mode: 0o700, recursive: true });
    return false;
  }
  const names = namesIn(directory);
  const now = latest(names);
  const mine = now.turn === turn && !now.free;
  // Where it is not, we looked so long ago that the turn has passed.
  for (const name of mine ? names.filter((name) => name !== String(turn)) : [turn]) {
    removeFile(`${directory}/${name}`);
  }
  return mine;
}

/** The highest turn, 0 for none, and whether its owner is done with it. */
function latest(names: readonly string[]): { turn: number; free: boolean } {
  const turn = names.reduce((highest, name) => Math.max(highest, parseInt(name)), 0);
  return { turn, free: names.includes(`${turn}.free`) };
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => parseInt(name) > 0);
  } catch (error) {
    if (errno(error) === "ENOENT") return [];
    throw error;
  }
}

function tooLong(link: string, { pid, host }: ProcessIdentity): Failure {
  return new Failure(`process ${pid} on ${host} holds a lock for too long: ${link}`, {
    hint: "try again; when that process is gone for good, remove the link",
    exit: Exit.busy,
    code: "locked",
  });
}
