import { findAccount } from "../runtime/account.ts";
import { SYSTEM } from "./layout.ts";
import type { UserRecord } from "./records.ts";

/** What the record says of shared skills; where it was never asked for, nothing. */
export function readOnlyWish(sharedReadOnly: boolean | undefined): Pick<UserRecord, "sharedReadOnly"> {
  return sharedReadOnly === undefined ? {} : { sharedReadOnly };
}

/** What the record says of the login shell; where it was never asked for, nothing. */
export function shellWish(
  asked: boolean | undefined,
  user: string,
  before: UserRecord | undefined,
): Pick<UserRecord, "loginShell" | "previousShell"> {
  const loginShell = asked ?? before?.loginShell;
  if (loginShell === undefined) return {};
  const now = loginShell ? findAccount(user)?.shell : undefined;
  const previousShell = now !== undefined && now !== SYSTEM.shell
    ? now
    : before?.previousShell ?? "/bin/bash";
  return { loginShell, previousShell };
}
