import { mkdirSync, readdirSync, readlinkSync, symlinkSync, unlinkSync } from "node:fs";
import { errno, Exit, Failure } from "../errors.ts";
import { identityOf, livenessOf, type ProcessIdentity } from "./process.ts";

/**
 * Runs `work` while no other process runs work under the same lock. Who dies holds nothing, at once: an owner is
 * written down as the process that it is, which the kernel knows. `work` must not take the same lock again.
 *
 * The lock is a directory of symbolic links `<number> -> <owner>`, the highest number being whose turn it is. A link
 * appears at once and whole, and each number can be made once; the highest is never removed, so nobody who looked
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
  const turn = take(directory, JSON.stringify(identityOf(process.pid)), performance.now() + patience);
  return () => {
    try {
      // The next number first: were ours the last one to go, numbers would begin anew.
      symlinkSync(free, `${directory}/${turn + 1}`);
    } catch {
      // A full disk; what went wrong in the work is what there is to tell.
    }
    remove(`${directory}/${turn}`);
  };
}

/** The live process whose turn it is under a lock now. Anybody may ask who can read the directory. */
export function holderOf(directory: string): ProcessIdentity | undefined {
  const last = numbersIn(directory).at(-1) ?? 0;
  return last === 0 ? undefined : ownerOf(`${directory}/${last}`);
}

const free = "free";

function take(directory: string, me: string, deadline: number): number {
  for (;;) {
    const last = numbersIn(directory).at(-1) ?? 0;
    const owner = last === 0 ? undefined : ownerOf(`${directory}/${last}`);
    if (owner === undefined) {
      if (claim(directory, last + 1, me)) return last + 1;
    } else if (performance.now() > deadline) throw tooLong(`${directory}/${last}`, owner);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1 + Math.random() * 4);
  }
}

/** The process whose turn it is; undefined where it is nobody's any more. */
function ownerOf(link: string): ProcessIdentity | undefined {
  try {
    const text = readlinkSync(link);
    if (text === free) return undefined;
    const owner: ProcessIdentity = JSON.parse(text);
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
  const numbers = numbersIn(directory);
  const mine = numbers.at(-1) === turn;
  // Where it is not, we looked so long ago that the turn has passed.
  for (const passed of mine ? numbers.slice(0, -1) : [turn]) {
    remove(`${directory}/${passed}`);
  }
  return mine;
}

/** At half the cost of rmSync (Bun 1.4.5), which each start would feel. */
function remove(link: string): void {
  try {
    unlinkSync(link);
  } catch (error) {
    if (errno(error) !== "ENOENT") throw error;
  }
}

function numbersIn(directory: string): number[] {
  try {
    return readdirSync(directory).map(Number).filter(Number.isSafeInteger).sort((a, b) => a - b);
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
