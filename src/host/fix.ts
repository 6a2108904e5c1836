import { shellQuote } from "../remote/shell_quote.ts";

/** A program with its arguments. */
export type Command = readonly string[];

/** Commands that mend something, typed one after the other as long as all goes well. */
export type Fix = readonly Command[];

/** The fix of what has none of its own. */
export const DOCTOR_FIX: Fix = [["claude-ops", "doctor", "--fix"]];

/** As it is typed at a shell; what needs a shell anyway (`sh -c LINE`) is the line that it is. */
export function fixLine(fix: Fix): string {
  const isLine = (command: Command) => command.length === 3 && command[0] === "sh" && command[1] === "-c";
  return fix.map((command) => isLine(command) ? command[2]! : shellQuote([...command])).join(" && ");
}

/** What mends a user's home, said by that user's own claude-ops, as root does it. */
export function fixAsRoot(fix: Fix, user: string): Fix {
  return fix.map((command) => isRoots(command) ? command : ["sudo", "-iu", user, ...command]);
}

/** What root runs for all managed users at once, and what belongs to the machine. */
function isRoots([program, first, second]: Command): boolean {
  if (program !== "claude-ops") return program === "sudo" || (program === "systemctl" && first !== "--user");
  return ["cleanup", "doctor"].includes(first!) ||
    ["schedule run", "session list"].includes(`${first} ${second}`);
}

/** Whether what another process tells is a command that can be run. */
export function isCommand(told: unknown): told is Command {
  return Array.isArray(told) && told.length > 0 &&
    told.every((word) => typeof word === "string" && !word.includes("\0"));
}
