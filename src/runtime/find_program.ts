import { statSync } from "node:fs";
import { resolve } from "node:path";
import { isExecutable } from "./files.ts";
import { Failure } from "../errors.ts";

/**
 * The file that a shell would run for a word: a path as it is, a name looked up in `path`.
 * @throws Failure with a shell's exit status: 127 where there is none, 126 where it cannot be run
 */
export function findProgram(word: string, path: string = "/usr/bin:/bin"): string {
  const places = word.includes("/")
    ? [word]
    : path.split(":").map((directory) => `${directory || "."}/${word}`);
  const files = places.filter((place) => statSync(place, { throwIfNoEntry: false })?.isFile());
  const file = files.find(isExecutable);
  if (file !== undefined) return resolve(file);
  if (files.length > 0) {
    throw new Failure(`${files[0]} is not executable`, { exit: 126, hint: `chmod +x ${files[0]}` });
  }
  throw new Failure(`there is no program ${JSON.stringify(word)}`, {
    exit: 127,
    hint: "name it by its path",
  });
}
