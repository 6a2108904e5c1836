import type { UserRecord } from "./records.ts";
import type { Resource } from "./resource.ts";
import { hasLoginShell, loginShell } from "./resources/login_shell.ts";
import { listedShell, shellProgram } from "./resources/shell_program.ts";

const shared = () => [listedShell(), shellProgram()];

/** The last part of a host's profile: nobody's shell is switched before all that it rests on is there. */
export function loginShellProfile(records: readonly UserRecord[], users: readonly string[]): Resource[] {
  const parts = records.some(hasLoginShell) ? shared() : [];
  return [...parts, ...loginShells(records.filter(({ user }) => users.includes(user)))];
}

/** The shells of users who were ever asked about it. */
export function loginShells(records: readonly UserRecord[]): Resource[] {
  return records.filter((record) => record.loginShell !== undefined || hasLoginShell(record)).map(loginShell);
}

/** What goes when none of these users logs in to `claude-shell` any more. */
export function unsharedByLoginShells(records: readonly UserRecord[]): Resource[] {
  return records.some(hasLoginShell) ? [] : shared();
}
