import { lstatSync, readlinkSync, renameSync, symlinkSync, unlinkSync } from "node:fs";
import { Failure } from "../../errors.ts";
import { temporaryFor } from "../../store/temporary.ts";
import type { Difference, Resource } from "../resource.ts";

export interface LinkOptions {
  id: string;
  title: string;
  why: string;
  path: string;
  target: string;
  needs?: readonly string[];
  severity?: "broken" | "warning";
  /** What else may stand there without being ours; it is left alone and said. Without this, anything is an error. */
  leaveForeign?: string;
}

/** A symlink to `target`, switched by one rename. */
export function link(options: LinkOptions): Resource {
  const { path, target } = options;
  const expected = `link to ${target}`;
  return {
    id: options.id,
    title: options.title,
    why: options.why,
    ...(options.needs ? { needs: options.needs } : {}),
    ...(options.severity ? { severity: options.severity } : {}),
    read: () => Promise.resolve(look()),
    apply() {
      const there = lstatSync(path, { throwIfNoEntry: false });
      if (there?.isDirectory()) {
        throw new Failure(`${path} is a directory`, {
          hint: "move it away, then run the same command again",
        });
      }
      // Somebody's own program: put aside, never overwritten.
      if (there && !there.isSymbolicLink()) renameSync(path, `${path}.before-claude-ops`);
      const temporary = temporaryFor(path);
      symlinkSync(target, temporary);
      renameSync(temporary, path);
      return Promise.resolve();
    },
    remove() {
      const mine = current() === target;
      if (mine) unlinkSync(path);
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
      ...(options.leaveForeign ? { blocked: `${options.leaveForeign} (${actual})` } : {}),
    };
  }
}
