import { existsSync, lstatSync, readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Failure } from "../../errors.ts";
import { hasTool, run, tryRun } from "../command.ts";
import { findAccount } from "../../runtime/account.ts";
import { isReadOnlyFileSystem } from "../../store/file_system.ts";
import { correct } from "../owner.ts";
import type { Difference, RemoveScope, Resource } from "../resource.ts";

/** Debian's rule for names of ordinary users, which every other tool accepts as well. */
const VALID = /^[a-z_][a-z0-9_-]{0,31}$/;

/** @throws Failure for a name that cannot be a managed user's. */
export function checkUserName(name: string): void {
  if (!VALID.test(name)) {
    throw new Failure(`${JSON.stringify(name)} is not a user name`, {
      hint: "small letters, digits, - and _, beginning with a letter, at most 32",
      exit: 2,
    });
  }
}

/** Debian's UID_MIN: below are the accounts of the system. */
const FIRST_ORDINARY = 1000;

/** @throws Failure for an account that has other work on this host: its home may be /usr/sbin. */
export function refuseSystemAccount(name: string): void {
  const there = findAccount(name);
  if (!there || there.uid >= FIRST_ORDINARY) return;
  throw new Failure(`${name} is an account of the system and cannot be a managed user`, {
    hint: "name another user; one that does not exist yet is made",
    exit: 2,
  });
}

/** What a host is told that cannot make this account itself. */
export function noAccountTools(name: string): Failure {
  return new Failure(`there is no user ${name}, and no useradd to make one with`, {
    hint: "nothing was changed; install it (Alpine: apk add shadow) or make the account another way",
    code: "no-useradd",
  });
}

/** @throws Failure for an account that would have to be made where nothing makes accounts: then nothing is changed. */
export function requireAccountTools(name: string): void {
  if (findAccount(name) || hasTool("useradd")) return;
  throw noAccountTools(name);
}

/** The comment of accounts that install made: it outlives an uninstall, so that a later purge still knows. */
const MADE_BY_INSTALL = "Claude Code sessions";

/** Whether this account is there because of an install, this one or one before the last uninstall. */
export function isMadeByInstall(name: string): boolean {
  const there = findAccount(name);
  return there === undefined || there.comment === MADE_BY_INSTALL;
}

/** The managed user: an ordinary account with a home of its own. One that exists is taken as it is and never removed. */
export function account(name: string, created: boolean): Resource {
  const expected = "account with a home directory";
  return {
    id: `user:${name}`,
    title: `user ${name}`,
    why: "sessions run as this user",
    read: () => Promise.resolve(look()),
    apply() {
      const there = findAccount(name);
      refuseReadOnly(there?.home ?? `/home/${name}`);
      if (!there) {
        const shell = ["/bin/bash", "/bin/sh"].find((shell) => existsSync(shell))!;
        // '*': no password opens it, and unlike '!' no sshd takes the account for locked.
        run([
          "useradd",
          "--create-home",
          "--shell",
          shell,
          "--password",
          "*",
          "--comment",
          MADE_BY_INSTALL,
          name,
        ]);
        return Promise.resolve("created");
      }
      const home = lstatSync(there.home, { throwIfNoEntry: false });
      if (home) {
        correct(there.home, home.mode & 0o7777, there);
        return Promise.resolve("home directory given back");
      }
      run(["mkhomedir_helper", name]);
      return Promise.resolve("home directory created");
    },
    remove,
  };

  async function remove({ purge }: RemoveScope): Promise<boolean> {
    const there = findAccount(name);
    if (!purge || !created || !there) return false;
    // Its service manager lives on for a while after the last logout, and userdel refuses until it is gone.
    if (existsSync("/run/systemd/system")) tryRun(["loginctl", "terminate-user", name]);
    for (let waited = 0; hasProcesses(there.uid) && waited < 15_000; waited += 50) await setTimeout(50);
    run(["userdel", "--remove", name]);
    return true;
  }

  function look(): Difference | null {
    const there = findAccount(name);
    if (!there) return { expected, actual: "missing" };
    const home = lstatSync(there.home, { throwIfNoEntry: false });
    if (!home) return { expected, actual: `home ${there.home} missing` };
    if (home.uid === there.uid) return null;
    // What root took by mistake goes back, but only what is plainly this user's: a home may also be / or shared.
    const plain = home.isDirectory() && home.uid === 0 && basename(there.home) === name;
    return {
      expected,
      actual: `home ${there.home} belongs to user ${home.uid}`,
      ...(plain
        ? {}
        : { blocked: "left alone: it may have another purpose", fix: [["ls", "-ld", there.home]] }),
    };
  }
}

/** The host's tools say that in words of their own, or not at all, and useradd makes half of an account. */
function refuseReadOnly(home: string): void {
  const stuck = ["/etc", dirname(home)].find(isReadOnlyFileSystem);
  if (stuck === undefined) return;
  throw new Failure(`${stuck} is on a read-only file system`, {
    hint: "dmesg says why; once it can be written to, run the same again",
    code: "read-only",
  });
}

function hasProcesses(uid: number): boolean {
  return readdirSync("/proc").some((entry) =>
    /^\d+$/.test(entry) && lstatSync(`/proc/${entry}`, { throwIfNoEntry: false })?.uid === uid
  );
}
