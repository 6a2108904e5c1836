import { linkSync, lstatSync, readFileSync, renameSync, statSync, unlinkSync } from "node:fs";
import { Failure } from "../../errors.ts";
import { replaceFile } from "../../store/replace_file.ts";
import { temporaryFor } from "../../store/temporary.ts";
import { tryRun } from "../command.ts";
import { SYSTEM } from "../layout.ts";
import { ROOT } from "../owner.ts";
import type { Difference, Resource } from "../resource.ts";

/**
 * `claude-shell` in its place: a hard link, so that logins go on with the program that works while `claude-ops` is
 * being replaced, is broken or was deleted. It follows once the new one has shown that it runs commands.
 */
export function shellProgram(): Resource {
  return {
    id: "claude-shell",
    title: SYSTEM.shell,
    why: "users whose login shell it is cannot log in without it",
    needs: ["binary"],
    read: () => Promise.resolve(look()),
    apply() {
      if (lstatSync(SYSTEM.shell, { throwIfNoEntry: false })?.isDirectory()) {
        throw new Failure(`${SYSTEM.shell} is a directory`, {
          hint: "move it away, then run the same command again",
        });
      }
      const temporary = temporaryFor(SYSTEM.shell);
      linkSync(SYSTEM.program, temporary);
      try {
        const tried = tryRun([temporary, "claude-shell", "-c", "exit 42"]);
        if (tried.status !== 42) {
          throw new Failure(`${SYSTEM.program} does not work as a login shell`, {
            hint: "the one that is there stays; install a whole claude-ops",
          });
        }
        renameSync(temporary, SYSTEM.shell);
      } catch (error) {
        unlinkSync(temporary);
        throw error;
      }
      return Promise.resolve();
    },
    remove() {
      if (!lstatSync(SYSTEM.shell, { throwIfNoEntry: false })) return Promise.resolve(false);
      refuseWhileUsed();
      unlinkSync(SYSTEM.shell);
      return Promise.resolve(true);
    },
  };

  function look(): Difference | null {
    const expected = `the same program as ${SYSTEM.program}`;
    const there = lstatSync(SYSTEM.shell, { throwIfNoEntry: false });
    if (!there) return { expected, actual: "missing" };
    if (!there.isFile()) return { expected, actual: "not a file" };
    const program = statSync(SYSTEM.program, { throwIfNoEntry: false });
    if (!program) return { expected, actual: "no program to be the same as" };
    return there.ino === program.ino && there.dev === program.dev
      ? null
      : { expected, actual: "another one" };
  }
}

/** The line in the list of shells that people may have: some ways to log in ask it. */
export function listedShell(): Resource {
  const lines = () => {
    try {
      return readFileSync(SYSTEM.shells, "utf8").split("\n");
    } catch {
      // What the C library takes to be listed where there is no list.
      return ["/bin/sh", "/bin/csh", ""];
    }
  };
  const write = (changed: string[]) => {
    const mode = (lstatSync(SYSTEM.shells, { throwIfNoEntry: false })?.mode ?? 0o644) & 0o777;
    replaceFile(
      SYSTEM.shells,
      `${changed.filter((line, at) => line || at < changed.length - 1).join("\n")}\n`,
      {
        mode,
        owner: ROOT,
      },
    );
  };
  return {
    id: "shells",
    title: SYSTEM.shells,
    why: "a shell that is not listed there is refused by some ways to log in",
    read: () =>
      Promise.resolve(
        lines().includes(SYSTEM.shell)
          ? null
          : { expected: `a line ${SYSTEM.shell}`, actual: "no such line" },
      ),
    apply() {
      write([...lines().filter((line, at, all) => line || at < all.length - 1), SYSTEM.shell]);
      return Promise.resolve("line added");
    },
    remove() {
      if (!lines().includes(SYSTEM.shell)) return Promise.resolve(false);
      refuseWhileUsed();
      write(lines().filter((line) => line !== SYSTEM.shell));
      return Promise.resolve(true);
    },
  };
}

/** Also by somebody who is not managed and chose it on their own. */
function refuseWhileUsed(): void {
  const users = readFileSync("/etc/passwd", "utf8").split("\n").map((line) => line.split(":"))
    .filter((fields) => fields[6] === SYSTEM.shell).map(([name]) => name);
  if (users.length === 0) return;
  throw new Failure(`${SYSTEM.shell} is still the login shell of ${users.join(", ")}`, {
    hint: `usermod --shell /bin/bash ${users[0]}`,
  });
}
