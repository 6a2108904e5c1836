import { spawn } from "node:child_process";
import { Failure } from "../errors.ts";
import { type Account, findAccount } from "../runtime/account.ts";
import { OpenDirectory } from "../runtime/open_directory.ts";
import { compiled, selfCommand } from "../runtime/self.ts";
import { lastLine } from "../shared/lines.ts";
import { type Change, receive, type ReceiveOptions } from "../shared/receive.ts";
import { Seen } from "../shared/seen.ts";
import { clearStaging } from "../shared/staging.ts";
import { isReadOnly, readRecord } from "./records.ts";
import { userEnvironment } from "./user_environment.ts";

/** Whether root receives this for a managed user; otherwise a process of that user does. */
export function isRoots(user: string, part: ReceiveOptions["part"]): boolean {
  return part === "guarded" && isReadOnly(readRecord(user) ?? {});
}

/** Receives for somebody whose files these are not: only what is reached without following a link. */
export async function receiveAsRoot(
  source: AsyncIterable<Uint8Array>,
  user: string,
  options: Omit<ReceiveOptions, "readOnly" | "seen">,
): Promise<Change[]> {
  const account = findAccount(user);
  using home = account && OpenDirectory.at(account.home);
  using shared = home?.open(".claude");
  if (shared === undefined && !options.check) {
    throw new Failure(`${user} has no directory ~/.claude`, { hint: "claude-ops doctor --fix" });
  }
  // Before install has made it so, it need not be root's alone.
  const readOnly = !options.check || readRecord(user) !== undefined;
  const seen = readOnly ? new Seen(`/run/claude-ops/shared/${user}.json`) : undefined;
  return await receive(source, shared, { ...options, readOnly, seen });
}

/** What root has left there in a run that was killed, the user could not remove. */
export function clearStagingOf(account: Account): void {
  using home = OpenDirectory.at(account.home);
  using shared = home?.open(".claude");
  if (shared !== undefined) clearStaging(shared);
}

/** Hands our input to the same program, run as that user. Its last line comes back, each before it goes to `onLine`. */
export async function receiveAsUser(
  account: Account,
  words: readonly string[],
  onLine: (line: Record<string, unknown>) => void,
): Promise<Record<string, unknown>> {
  const [program, ...own] = compiled ? ["/proc/self/exe"] : selfCommand();
  const child = spawn(program!, [...own, ...words], {
    uid: account.uid,
    gid: account.gid,
    cwd: "/",
    env: userEnvironment(account),
    stdio: ["inherit", "pipe", "inherit"],
  });
  return await lastLine(child, onLine);
}
