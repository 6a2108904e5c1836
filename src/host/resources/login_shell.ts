import { isExecutable } from "../../runtime/files.ts";
import { Failure } from "../../errors.ts";
import { findAccount } from "../../runtime/account.ts";
import { run, tryRun } from "../command.ts";
import { SYSTEM } from "../layout.ts";
import { readRecord, type UserRecord } from "../records.ts";
import type { Difference, Resource } from "../resource.ts";

/** Whether this user logs in to `claude-shell`: by the record, or where that was lost, by the account. */
export function hasLoginShell({ user, loginShell }: UserRecord): boolean {
  return loginShell ?? findAccount(user)?.shell === SYSTEM.shell;
}

/**
 * The login shell of a managed user. A shell that does not work locks its user out: so `claude-shell` is tried as
 * that user before it is set, and where it is set and fails, the shell from before is given back.
 */
export function loginShell(record: UserRecord): Resource {
  const { user } = record;
  const wanted = hasLoginShell(record);
  return {
    id: `login-shell:${user}`,
    title: `login shell of ${user}`,
    why: wanted ? `without a working shell ${user} cannot log in` : `${user} did not choose it`,
    needs: [`user:${user}`, `record:${user}`, "shells", "claude-shell"],
    read: () => Promise.resolve(look()),
    apply() {
      if (!wanted) return Promise.resolve(giveBack());
      const words = complaint(user);
      if (words !== undefined) {
        if (current() === SYSTEM.shell) giveBack();
        throw new Failure(`${SYSTEM.shell} does not work for ${user}: ${words}`, {
          hint: `${user} has the shell ${current()}; run claude-ops doctor`,
        });
      }
      if (readRecord(user)?.loginShell !== true) {
        throw new Failure(`the shell that ${user} has now is not on record`, {
          hint: "run the same command again",
        });
      }
      setShell(SYSTEM.shell);
      return Promise.resolve();
    },
    remove() {
      if (current() !== SYSTEM.shell) return Promise.resolve(false);
      giveBack();
      return Promise.resolve(true);
    },
  };

  function look(): Difference | null {
    const now = current();
    if (!wanted) return now === SYSTEM.shell ? { expected: before(), actual: now } : null;
    if (now !== SYSTEM.shell) return { expected: SYSTEM.shell, actual: now ?? "missing" };
    const words = complaint(user);
    return words === undefined ? null : { expected: "a shell that works", actual: words };
  }

  function current(): string | undefined {
    return findAccount(user)?.shell;
  }

  /** What it was, if that is still there. */
  function before(): string {
    return [record.previousShell, "/bin/bash"].find((shell) => shell && isExecutable(shell)) ?? "/bin/sh";
  }

  function giveBack(): string {
    const shell = before();
    setShell(shell);
    return `${shell} again`;
  }

  function setShell(shell: string): void {
    run(["usermod", "--shell", shell, user]);
  }
}

/** A status that comes from nothing else. */
const STATUS = 42;

/** Why `claude-shell` runs no commands as this user, with the user's limits; undefined: it does. */
function complaint(user: string): string | undefined {
  if (!isExecutable(SYSTEM.shell)) return `${SYSTEM.shell} is not there`;
  // HOME: what the user's own startup files do is not what is tried.
  const words = ["-m", "-s", SYSTEM.shell, user, "-c", `exit ${STATUS}`] as const;
  const tried = tryRun(["runuser", ...words], { HOME: "/" });
  if (tried.status === STATUS) return undefined;
  return tried.stderr.trim().split("\n").at(-1) || `it ends with status ${tried.status}`;
}
