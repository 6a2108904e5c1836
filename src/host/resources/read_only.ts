import { lstatSync, mkdirSync, readlinkSync, renameSync, type Stats } from "node:fs";
import { findAccount } from "../../runtime/account.ts";
import { exchange } from "../../runtime/exchange.ts";
import { OpenDirectory } from "../../runtime/open_directory.ts";
import { removeTree } from "../../runtime/remove_tree.ts";
import { syncFileSystem } from "../../runtime/sync_file_system.ts";
import { rootsAlone } from "../../shared/receive.ts";
import { freshStaging, STAGING } from "../../shared/staging.ts";
import { copyTree, giveTree, strangersIn } from "../foreign_tree.ts";
import { describeMode, ownerName, ROOT } from "../owner.ts";
import type { Difference, Resource } from "../resource.ts";

/**
 * A directory of `~/.claude` that sessions read and only root changes, with all that is in it. It is made anew from what is
 * there: nobody who has one of the old files open can write to the new ones.
 */
export function readOnlyDirectory(user: string, name: string): Resource {
  const expected = "directory 0755 root, and nothing in it that others can change";
  return {
    id: `shared:${name}@${user}`,
    title: `shared ${name} of ${user}`,
    why: "a session that changes them changes what all sessions of this user do",
    needs: [`user:${user}`, `owner:${user}`],
    read: () => Promise.resolve(inShared(user, (shared) => read(shared, name, expected)) ?? null),
    apply() {
      inShared(user, (shared, uid) => {
        using staging = freshStaging(shared);
        try {
          putAside(shared, name);
          using there = shared.open(name);
          mkdirSync(`${staging.path}/new`, { mode: 0o755 });
          using made = staging.open("new")!;
          if (there === undefined) renameSync(`${staging.path}/new`, `${shared.path}/${name}`);
          else {
            copyTree(there, made, uid);
            syncFileSystem(staging);
            exchange(`${staging.path}/new`, `${shared.path}/${name}`);
          }
        } finally {
          removeTree(shared.path, STAGING);
        }
      });
      return Promise.resolve();
    },
    remove() {
      return Promise.resolve(
        inShared(user, (shared, uid, gid) => {
          removeTree(shared.path, STAGING);
          return giveTree(shared, name, uid, gid) > 0;
        }) ?? false,
      );
    },
  };
}

/** The same directory where the user has it: what root has in it is theirs. */
export function givenBack(user: string, name: string): Resource {
  return {
    id: `shared:${name}@${user}`,
    title: `shared ${name} of ${user}`,
    why: "sessions of this user may change them",
    needs: [`user:${user}`, `owner:${user}`],
    read: () =>
      Promise.resolve(
        inShared(user, (shared) => {
          const found = strangersIn(shared, name, isNotRoots);
          return found === undefined ? null : { expected: `all of ${user}`, actual: `root has ${found}` };
        }) ?? null,
      ),
    apply() {
      inShared(user, (shared, uid, gid) => giveTree(shared, name, uid, gid));
      return Promise.resolve("given back");
    },
  };
}

/** What root could give, it is: links are their directory's owner's to take away. */
function isNotRoots(facts: Stats): boolean {
  return facts.uid !== 0 || !(facts.isDirectory() || (facts.isFile() && facts.nlink === 1)) ||
    (facts.mode & 0o004) === 0;
}

/** Does something in `~/.claude` of a user, opened without following a link; undefined where there is none. */
function inShared<T>(
  user: string,
  work: (shared: OpenDirectory, uid: number, gid: number) => T,
): T | undefined {
  const account = findAccount(user);
  using home = account && OpenDirectory.at(account.home);
  using shared = home?.open(".claude");
  return shared === undefined ? undefined : work(shared, account!.uid, account!.gid);
}

function read(shared: OpenDirectory, name: string, expected: string): Difference | null {
  const facts = lstatSync(`${shared.path}/${name}`, { throwIfNoEntry: false });
  if (facts === undefined) return { expected, actual: "missing" };
  if (facts.isSymbolicLink()) {
    return { expected, actual: `a link to ${readlinkSync(`${shared.path}/${name}`)}` };
  }
  if (!facts.isDirectory()) return { expected, actual: "not a directory" };
  if (!rootsAlone(facts) || (facts.mode & 0o555) !== 0o555) {
    return { expected, actual: `directory ${describeMode(facts.mode, ownerName(facts, ROOT))}` };
  }
  const found = strangersIn(shared, name, rootsAlone);
  return found === undefined ? null : { expected, actual: `others can change ${found}` };
}

/** What is no directory is the user's own, and kept. */
function putAside(shared: OpenDirectory, name: string): void {
  const place = `${shared.path}/${name}`;
  const facts = lstatSync(place, { throwIfNoEntry: false });
  if (facts !== undefined && !facts.isDirectory()) renameSync(place, `${place}.before-claude-ops`);
}
