import { glob, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { errno, Failure } from "../errors.ts";

/**
 * The text of a configuration file, empty where there is none.
 * @param demand `private`: refuse, as ssh does, one that others can write; `mustExist`: refuse a missing one
 */
export async function contentOf(
  file: string,
  demand: { mustExist?: boolean; private?: boolean },
): Promise<string> {
  try {
    const facts = await stat(file);
    const owned = facts.uid === 0 || facts.uid === process.getuid?.();
    if (demand.private && (!owned || (facts.mode & 0o022) !== 0)) {
      throw new Failure(`${file} can be written by others, so it is not trusted`, {
        hint: `chmod go-w ${file}`,
        code: "ssh-config",
      });
    }
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (!demand.mustExist && (errno(error) === "ENOENT" || errno(error) === "ENOTDIR")) return "";
    throw new Failure(`cannot read ${file}`, { hint: String(errno(error) ?? error), cause: error });
  }
}

/** The files that the words of an `Include` mean, in ssh's order. */
export async function includedFiles(words: string[], directory: string, home: string): Promise<string[]> {
  const files: string[] = [];
  for (const word of words) {
    const path = word.replace(/^~(?=\/|$)/, home);
    files.push(...(await Array.fromAsync(glob(path.startsWith("/") ? path : join(directory, path)))).sort());
  }
  return files;
}
