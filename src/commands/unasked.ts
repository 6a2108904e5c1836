import type { Io } from "../cli/io.ts";
import { printable } from "../cli/text.ts";
import { Exit } from "../errors.ts";
import type { Unasked } from "../host/ask_users.ts";

/** Managed users of whom a list knows nothing, for below it. An older claude-ops on a host tells of none. */
export function unaskedLines(
  unasked: readonly (Unasked & { target?: string })[] = [],
  { style }: Pick<Io, "style">,
) {
  return unasked.flatMap(({ user, target, problem: { message, hint } }) => [
    `${style.red(printable(target ? `${user} on ${target}:` : `${user}:`))} ${printable(message)}`,
    ...(hint ? [`${style.yellow("hint:")} ${printable(hint)}`] : []),
  ]);
}

/** As for hosts: what could be told is shown, and the whole has failed. */
export const unaskedExit = (unasked: readonly Unasked[] = []): number =>
  unasked.length > 0 ? Exit.failed : Exit.ok;
