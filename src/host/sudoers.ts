import { readFileSync } from "node:fs";
import { tryRun } from "./command.ts";
import { Failure } from "../errors.ts";

/** The one command that managed users may run as root: every word is fixed, none is theirs to choose. */
export const ROOT_COMMAND = ["/usr/local/bin/claude-ops", "update", "--system", "--json"] as const;

/** The rule file: exact arguments, no wildcard, and no environment of the caller's. */
export function sudoersRule(users: readonly string[]): string {
  const command = ROOT_COMMAND.join(" ");
  return [
    "# Written by claude-ops; changes are undone by its next install or doctor --fix.",
    `Defaults!${ROOT_COMMAND[0]} env_reset, !requiretty`,
    ...users.map((user) => `${user} ALL=(root:root) NOPASSWD:NOSETENV: ${command}`),
    "",
  ].join("\n");
}

/** The users whom a rule file of ours names; none where there is no such file or it is not ours to read. */
export function usersOfRule(path: string): string[] {
  try {
    const ending = ` ALL=(root:root) NOPASSWD:NOSETENV: ${ROOT_COMMAND.join(" ")}`;
    const lines = readFileSync(path, "utf8").split("\n").filter((line) => line.endsWith(ending));
    return lines.map((line) => line.slice(0, -ending.length)).filter((name) =>
      /^[a-z_][a-z0-9_-]*$/.test(name)
    );
  } catch {
    return [];
  }
}

/** @throws Failure in visudo's own words; a broken rule would take sudo away from everybody. */
export function checkSudoers(path: string): void {
  const checked = tryRun(["visudo", "-cf", path]);
  if (checked.status !== 0) {
    throw new Failure(
      `visudo does not accept the rule: ${(checked.stderr || checked.stdout).trim().split("\n")[0]}`,
      {
        hint: "nothing was changed; please report it with the version of sudo on the host",
      },
    );
  }
}
