import { UsageFailure } from "../errors.ts";
import { isId } from "./id.ts";

const longest = 64;

/** @throws UsageFailure for a name that would hurt a terminal, a path or a command line */
export function checkName(name: string): void {
  const fault = faultOf(name);
  if (fault) {
    throw new UsageFailure(
      `not a session name: ${JSON.stringify(name)} ${fault}`,
      "use letters, digits, - _ .",
    );
  }
}

/** One word of a command line that a person may copy. */
export function quoted(word: string): string {
  return /^[\w.@%+=:,/-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function faultOf(name: string): string | undefined {
  if (name === "" || name.trim() !== name) return "is empty or has spaces around it";
  if (name.length > longest) return `is longer than ${longest} characters`;
  if (name.startsWith("-")) return "starts with a dash";
  if (/[/\\]/.test(name) || name === "." || name === "..") return "looks like a path";
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(name)) return "has control characters";
  if (isId(name.toLowerCase())) return "looks like the UUID of a session";
  return undefined;
}

/** A name for a session that gets a worktree of this branch; undefined where it is none or taken. */
export function nameOfBranch(
  branch: string | undefined,
  taken: (name: string) => boolean,
): string | undefined {
  const name = branch?.replaceAll("/", "-");
  return name === undefined || faultOf(name) !== undefined || taken(name) ? undefined : name;
}

/** A name for a session that got none: its project's, and four hexadecimal digits that `taken` has not. */
export function defaultName(project: string, taken: (name: string) => boolean): string {
  let name: string;
  do name = nameFor(project, crypto.randomUUID()); while (taken(name));
  return name;
}

/** A project's name with the first four digits of a UUID. */
export function nameFor(project: string, id: string): string {
  const last = project.slice(project.lastIndexOf("/") + 1).replace(/\.git$/, "");
  const base = last.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[-.]+|[-.]+$/g, "").slice(0, longest - 5) ||
    "session";
  return `${base}-${id.slice(0, 4)}`;
}
