import { type ForeignClaude, foreignClaudes } from "../../claude/foreign.ts";
import type { Fix } from "../fix.ts";
import type { Installation } from "../installation.ts";
import type { Resource } from "../resource.ts";
import type { LinkOptions } from "./link.ts";

/** Other installations of Claude Code that concern this one: the machine's, and whose home it is. */
export function beside({ scope, home }: Installation): () => ForeignClaude[] {
  return () => [
    ...(scope === "home" ? [] : foreignClaudes(undefined, process.env)),
    ...(scope === "system" ? [] : foreignClaudes(home, process.env)),
  ];
}

/**
 * How the link `claude` treats what another installation has put in its place.
 * @param fix what adopts it
 */
export function besideOthers(
  adopt: boolean | undefined,
  fix: Fix,
): Pick<LinkOptions, "leaveForeign" | "keepLink"> {
  const said = "left alone: another installation of Claude Code is there; --adopt takes its place";
  return adopt ? { keepLink: true } : { leaveForeign: { said, fix } };
}

/** A step of install that tells of them, and leaves them where they are. */
export function takenNoteOf(others: () => readonly ForeignClaude[]): Resource {
  const name = ({ how, path, version }: ForeignClaude) => `${version ?? "a version"} by ${how} in ${path}`;
  return {
    id: "other-claude",
    title: "other installations of Claude Code",
    why: "sessions run the managed one",
    read() {
      const actual = others().map(name).join("; ");
      const blocked = `left where they are: ${actual}`;
      return Promise.resolve(actual ? { expected: "the managed one alone", actual, blocked } : null);
    },
    apply: () => Promise.resolve(),
  };
}
