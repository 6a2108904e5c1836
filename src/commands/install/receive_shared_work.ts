import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { errno, Exit, Failure } from "../../errors.ts";
import { checkUserName, refuseSystemAccount } from "../../host/resources/account.ts";
import { requireRoot } from "../../host/require_root.ts";
import { clearStagingOf, isRoots, receiveAsRoot, receiveAsUser } from "../../host/shared_receiver.ts";
import { inTurn } from "../../host/turn.ts";
import { findAccount } from "../../runtime/account.ts";
import { acquire } from "../../runtime/lock.ts";
import { OpenDirectory } from "../../runtime/open_directory.ts";
import { layoutOf } from "../../sessions/paths.ts";
import type { Part } from "../../shared/manifest.ts";
import { orFailure } from "../../shared/lines.ts";
import { type Change, receive } from "../../shared/receive.ts";

interface Options {
  user: string | undefined;
  mirror: boolean;
  check: boolean;
}

/** Milliseconds that another one who shares with the same user is waited for. */
const PATIENCE = 60_000;

/** `receive-shared`: what is to be sent is asked for by a line, and what changed is the outcome. */
export async function receiveShared(part: Part, options: Options, io: Io): Promise<Outcome> {
  try {
    return await receivePart(part, options, io);
  } catch (error) {
    if (errno(error) !== "ENOSPC" && errno(error) !== "EDQUOT") throw error;
    throw new Failure("no room for what is shared: the disk is full", {
      hint: "free some space there; what was shared before is untouched",
      code: "disk-full",
    });
  }
}

async function receivePart(part: Part, options: Options, io: Io): Promise<Outcome> {
  const wanted = {
    part,
    mirror: options.mirror,
    check: options.check,
    ask: (what: object) => io.event(what),
  };
  const { user } = options;
  if (user === undefined) return outcome(await receiveHere(wanted));
  requireRoot();
  checkUserName(user);
  refuseSystemAccount(user);
  const account = findAccount(user);
  const inOrder = <T>(work: () => Promise<T>) => options.check ? work() : inTurn(() => {}, work);
  if (account === undefined || isRoots(user, part)) {
    return outcome(await inOrder(() => receiveAsRoot(process.stdin, user, wanted)));
  }
  const words = [
    "receive-shared",
    part,
    "--json",
    ...(["mirror", "check"] as const).flatMap((name) => options[name] ? [`--${name}`] : []),
  ];
  const tell = (line: object) => ("differ" in line || "lacks" in line) && io.event(line);
  return {
    data: orFailure(
      await inOrder(async () => {
        if (!options.check) clearStagingOf(account);
        return await receiveAsUser(account, words, tell);
      }),
    ),
  };
}

async function receiveHere(options: Parameters<typeof receiveAsRoot>[2]): Promise<Change[]> {
  const layout = layoutOf(process.env);
  using shared = OpenDirectory.at(layout.shared);
  if (shared === undefined && !options.check) {
    throw new Failure(`${layout.shared} is not a directory`, { hint: "claude-ops doctor --fix" });
  }
  const release = options.check ? () => {} : acquire(`${layout.ops}/receiving`, PATIENCE);
  try {
    return await receive(process.stdin, shared, { ...options, readOnly: false });
  } finally {
    release();
  }
}

const outcome = (changes: Change[]): Outcome => ({ data: { changes }, exit: Exit.ok });
