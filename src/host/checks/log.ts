import { accessSync, closeSync, constants, lstatSync, openSync } from "node:fs";
import { errno } from "../../errors.ts";
import type { Check } from "../resource.ts";

const { O_WRONLY, O_APPEND, O_NOFOLLOW, O_NONBLOCK, W_OK } = constants;

/** Whether the next event could be written down. */
export function logWritable(directory: string): Check {
  const path = `${directory}/update.log`;
  return {
    id: "log",
    title: "update.log",
    why: "nobody can tell later what happened to Claude Code's versions",
    needs: ["dir:claude", "writable"],
    fix: [["mv", path, `${path}.aside`]],
    read() {
      const actual = obstacle();
      return Promise.resolve(
        actual ? { expected: `${path}, a file of yours that can be written to`, actual } : null,
      );
    },
  };

  function obstacle(): string | undefined {
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there?.isSymbolicLink()) return "a symbolic link, which is not followed";
    if (there && !there.isFile()) return "not a file";
    try {
      if (there) closeSync(openSync(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK));
      else accessSync(directory, W_OK);
      return undefined;
    } catch (error) {
      if (errno(error) === "ENOENT") return undefined; // it will be made
      return `cannot be written to: ${errno(error) ?? error}`;
    }
  }
}
