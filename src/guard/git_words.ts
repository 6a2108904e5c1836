/** A use of git in a line of shell that changes what a working tree is. */
export interface GitUse {
  verb: "commit" | "push" | "checkout" | "switch";
  /** Where it runs, as the line says; undefined: the shell's own directory. */
  directory?: string;
}

const verbs = ["commit", "push", "checkout", "switch"] as const;
/** Of a line longer than that only so many characters are read. */
const longest = 64 << 10;
/** Words before a command that leave it what it is. */
const wrappers = ["sudo", "command", "env", "exec", "time", "nohup", "then", "do", "else", "!", "{", "("];
/** Options of git itself that take a word of their own. */
const withValue = ["-C", "-c", "--git-dir", "--work-tree", "--namespace", "--exec-path", "--config-env"];

/**
 * The uses of git in a line of shell, as far as it says so itself: not what scripts and aliases do. Follows `cd DIR`
 * and `git -C DIR`.
 */
export function gitUses(line: string): GitUse[] {
  if (!line.includes("git")) return [];
  let cwd: string | undefined;
  return commandsIn(line.slice(0, longest)).flatMap((words) => {
    while (words.length > 0 && (wrappers.includes(words[0]!) || /^\w+=/.test(words[0]!))) words.shift();
    const [program = "", ...rest] = words;
    if (program === "cd" && rest.length > 0) cwd = below(cwd, rest.at(-1)!);
    if (program.slice(program.lastIndexOf("/") + 1) !== "git") return [];
    let directory = cwd;
    for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
      if (word === "-C") directory = below(directory, rest[0] ?? "");
      if (withValue.includes(word)) rest.shift();
      else if (!word.startsWith("-")) {
        const verb = verbs.find((verb) => verb === word);
        return verb === undefined ? [] : [{ verb, ...(directory !== undefined && { directory }) }];
      }
    }
    return [];
  });
}

const below = (directory: string | undefined, next: string) =>
  directory === undefined || next.startsWith("/") || next.startsWith("~") ? next : `${directory}/${next}`;

/** The commands of a line, each as its words, quotes taken off. */
function commandsIn(line: string): string[][] {
  const commands: string[][] = [[]];
  const token =
    /[ \t\r]*(?:(\n|;|&&|\|\||\||&|\$\(|[()`])|((?:[^\s;&|()`'"\\]|\\[^]|'[^']*'|"(?:[^"\\]|\\[^])*")+)|(.))/y;
  for (let match = token.exec(line); match !== null; match = token.exec(line)) {
    if (match[1] !== undefined) commands.push([]);
    else commands.at(-1)!.push(unquoted(match[2] ?? match[3] ?? ""));
  }
  return commands;
}

const unquoted = (word: string) =>
  word.replace(
    /'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])/g,
    (_, single, double, escaped) => single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped,
  );
