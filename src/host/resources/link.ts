import { existsSync, lstatSync, readlinkSync, renameSync, symlinkSync, unlinkSync } from "node:fs";
import { Failure } from "../../errors.ts";
import { temporaryFor } from "../../store/temporary.ts";
import type { Fix } from "../fix.ts";
import type { Difference, Named, Resource } from "../resource.ts";

export interface LinkOptions extends Named {
  path: string;
  target: string;
  /** What else stands there is left alone and said, with the command that gives us the place all the same. */
  leaveForeign?: { said: string; fix: Fix };
  /** Another link that stands there is put aside too, not replaced: it is what somebody else installed. */
  keepLink?: boolean;
}

/** A symlink to `target`, switched by one rename. */
export function link(options: LinkOptions): Resource {
  const { path, target, leaveForeign } = options;
  const expected = `link to ${target}`;
  const aside = `${path}.before-claude-ops`;
  return {
    ...options,
    read: () => Promise.resolve(look()),
    apply() {
      const there = lstatSync(path, { throwIfNoEntry: false });
      if (there?.isDirectory()) {
        throw new Failure(`${path} is a directory`, {
          hint: "move it away, then run the same command again",
        });
      }
      // Somebody's own program: put aside, never overwritten.
      if (there && (options.keepLink || !there.isSymbolicLink())) renameSync(path, aside);
      const temporary = temporaryFor(path);
      symlinkSync(target, temporary);
      renameSync(temporary, path);
      return Promise.resolve();
    },
    remove() {
      const mine = current() === target;
      if (mine) unlinkSync(path);
      // Whose program is gone by now misses no link to it.
      if (mine && existsSync(aside)) renameSync(aside, path);
      return Promise.resolve(mine);
    },
  };

  /** Where the link points; undefined: nothing there, null: not a link. */
  function current(): string | null | undefined {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat) return undefined;
    return stat.isSymbolicLink() ? readlinkSync(path) : null;
  }

  function look(): Difference | null {
    const now = current();
    if (now === target) return null;
    if (now === undefined) return { expected, actual: "missing" };
    const actual = now === null ? "not a link" : `link to ${now}`;
    return {
      expected,
      actual,
      ...(leaveForeign ? { blocked: `${leaveForeign.said} (${actual})`, fix: leaveForeign.fix } : {}),
    };
  }
}
