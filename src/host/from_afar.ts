import { hostname } from "node:os";

const PLACE = "from where you set this host up: claude-ops ";

/** Part of a hint: a command for the machine of whoever set this host up; how the host is called there is not known here. */
export const fromAfar = (words: string): string => `${PLACE}${words} root@${hostname()}`;

/** A host's hint as it is read on that very machine, where `program` is ours and the host is called `target`. */
export function asTypedHere(hint: string, program: string, target: string): string {
  const at = hint.indexOf(PLACE);
  if (at < 0) return hint;
  const words = hint.slice(at + PLACE.length).replace(/ root@\S+/, "");
  return `${hint.slice(0, at)}from here: ${program} ${words} ${target}`;
}
