import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { compiled } from "./self.ts";

const programName = "claude-ops";

/** What a person types to run us again: our name where a shell finds us by it, else the path that was typed this time. */
export function calledAs(
  typed: string = compiled ? process.argv0 : programName,
  path: string = process.env.PATH ?? "",
): string {
  if (!typed.includes("/")) return programName;
  const found = path.split(":").map((directory) => resolve(directory, programName)).find((file) =>
    statSync(file, { throwIfNoEntry: false })?.isFile()
  );
  return found !== undefined && realpathSync(found) === realpathSync(typed) ? programName : typed;
}
