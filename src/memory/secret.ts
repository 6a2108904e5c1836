import type { Environment } from "../claude/environment.ts";
import { Failure } from "../errors.ts";
import { readOwnFile } from "../runtime/files.ts";

/**
 * A key for a service, which is never in the configuration itself: from a file of one's own, or from a variable of the
 * environment. Undefined where neither is configured.
 * @throws Failure when what is configured is not there
 */
export function secretOf(
  { file, variable }: { file: string; variable: string },
  env: Environment,
): string | undefined {
  if (file !== "") {
    const text = readOwnFile(file.replace(/^~(?=\/)/, env.HOME ?? "~"), 16_384);
    if (typeof text === "string" && text.trim() !== "") return text.trim();
    const why = text === undefined
      ? "it is not there"
      : typeof text === "string"
      ? "it is empty"
      : text.unreadable;
    throw new Failure(`no key in ${file}: ${why}`, {
      hint: "it has to be a file of your own with the key in it",
    });
  }
  if (variable === "") return undefined;
  const value = env[variable];
  if (value) return value;
  throw new Failure(`no key: the environment has no ${variable}`, {
    hint: `export ${variable}, or name a file`,
  });
}
