import { closeSync, constants, fchownSync, fstatSync, lstatSync, openSync } from "node:fs";
import { errno } from "../../errors.ts";
import type { Resource } from "../resource.ts";
import { type Account, findAccount } from "../../runtime/account.ts";

const NAMES = [
  ".claude",
  ...["bin", "sessions", "ops", "plugins", "CLAUDE.md", "settings.json"].map((name) => `.claude/${name}`),
];

/**
 * What sessions use in a home belongs to its user. A `sudo` typed in the wrong place leaves root's files there, and
 * only root can give them back: each step of the way is opened without following links, so none can lead outside.
 */
export function belongings(user: string): Resource {
  const expected = `all of ${user}`;
  return {
    id: `owner:${user}`,
    title: `owner of ~${user}/.claude`,
    why: "sessions cannot write what is not theirs",
    needs: [`user:${user}`],
    read() {
      const account = findAccount(user);
      const foreign = account ? strangers(account) : [];
      if (foreign.length === 0) return Promise.resolve(null);
      return Promise.resolve({ expected, actual: `not theirs: ${foreign.join(", ")}` });
    },
    apply() {
      const account = findAccount(user)!;
      for (const name of strangers(account)) giveBack(account, name);
      return Promise.resolve("given back");
    },
  };
}

function strangers(account: Account): string[] {
  return NAMES.filter((name) => {
    const stat = lstatSync(`${account.home}/${name}`, { throwIfNoEntry: false });
    return stat && !stat.isSymbolicLink() && stat.uid !== account.uid;
  });
}

function giveBack(account: Account, name: string): void {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const fds = [openSync(account.home, flags | constants.O_DIRECTORY)];
  try {
    for (const part of name.split("/")) fds.push(openSync(`/proc/self/fd/${fds.at(-1)}/${part}`, flags));
    const fd = fds.at(-1)!;
    const stat = fstatSync(fd);
    // A second name of the file may be anywhere: a hard link to somebody else's file must not change hands.
    if (stat.isDirectory() || (stat.isFile() && stat.nlink === 1)) fchownSync(fd, account.uid, account.gid);
  } catch (error) {
    if (errno(error) !== "ENOENT") throw error;
  } finally {
    for (const fd of fds.reverse()) closeSync(fd);
  }
}
