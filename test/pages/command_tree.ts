import { commandsOf, isGroup } from "../../src/cli/command.ts";
import { resolve, resolveProgram } from "../../src/cli/resolve.ts";
import start from "../../src/commands/session/start.ts";
import { table } from "../../src/commands/table.ts";
import { UsageFailure } from "../../src/errors.ts";
import { programs } from "../../src/programs.ts";

/** The words of a shell's command line up to whatever ends the command; quotes are taken off. */
function words(text: string): string[] {
  const ends = /^[|;&<>)]/;
  const found: string[] = [];
  for (let rest = text.trim(); !ends.test(rest) && !rest.startsWith("#");) {
    const [word] = /^(?:'[^']*'|"[^"]*"|\\.|[^\s|;&<>)'"\\])+/.exec(rest) ?? [];
    if (word === undefined) break; // a quote that began before
    found.push(word.replace(/'([^']*)'|"([^"]*)"/g, "$1$2"));
    rest = rest.slice(word.length).trimStart();
  }
  return found;
}

/**
 * Why each call of ours in a shell's text is none: a command or an option that there is not. Placeholders stand for
 * arguments, and what a page leaves out may be missing.
 */
export function faultsIn(text: string): string[] {
  const calls = text.matchAll(/(?<![\w@:.-]|~\/)(?:\S*\/)?(claude-ops|claude-session) ([^]*)/g);
  return [...calls].flatMap(([, program, rest]) => {
    const typed = words(rest!).filter((word) => !/^(…|\.\.\.)$/.test(word));
    return [faultOf(program!, typed), ...faultsIn(rest!)].filter((fault) => fault !== undefined);
  });
}

function faultOf(program: string, typed: string[]): string | undefined {
  if (Object.hasOwn(programs, typed[0]!) || /^[A-Z]+$/.test(typed[0] ?? "COMMAND")) return undefined;
  try {
    if (program === "claude-session") resolveProgram(start, typed);
    else resolve(table, typed);
  } catch (error) {
    if (!(error instanceof UsageFailure)) throw error;
    if (!/ is missing| needs a value|"[A-Z]+" is not one of/.test(error.message)) {
      return `${typed.join(" ")}: ${error.message}`;
    }
  }
}

const entries = table.flatMap((section) => section.entries);
const groups = entries.filter(isGroup);

/** Whether words of running text are ours though they begin with the command's name: `memory import DIR`. */
export function short(text: string): boolean {
  const [first = "", second = ""] = text.split(/\s+/);
  return groups.some(({ name }) => name === first && /^[a-z-]+$/.test(second)) ||
    commandsOf(table).some(({ name }) => name === first && second.startsWith("--"));
}
