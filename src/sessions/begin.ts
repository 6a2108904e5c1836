import { conversationChooser } from "../claude/arguments.ts";
import type { Environment } from "../claude/environment.ts";
import { UsageFailure } from "../errors.ts";
import { startSession } from "./launch.ts";
import { resumeSession } from "./resume.ts";

/** What was typed after `claude-session`. */
export interface Words {
  name?: string;
  project?: string;
  worktree?: string;
  resume?: string;
  args: readonly string[];
}

/**
 * Starts or resumes a session, as the words say: this process becomes Claude Code.
 * @throws Failure when it cannot
 */
export async function begin(
  { name, project, worktree, resume, args }: Words,
  env: Environment,
): Promise<never> {
  const hint = "see claude-session --help";
  const chooser = conversationChooser(args);
  if (chooser !== undefined) {
    throw new UsageFailure(
      `${chooser} is not passed on: which conversation it is, claude-session says itself`,
      hint,
    );
  }
  if (resume === undefined) return await startSession({ name, directory: project, worktree, args, env });
  if (name !== undefined) throw new UsageFailure("a session that is resumed keeps its name", hint);
  if (worktree !== undefined) {
    throw new UsageFailure("a session that is resumed stays in its own worktree", hint);
  }
  return await resumeSession({ which: resume, directory: project, args, env });
}

/** The usual forms of a command line; undefined for all others, which the command frame explains. */
export function parseWords(argv: readonly string[]): Words | undefined {
  const words: Words = { args: [] };
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === "--") return { ...words, args: argv.slice(i + 1) };
    if (word === "--project" || word === "--worktree" || word === "--resume") {
      const value = argv[++i];
      const key = word.slice(2) as "project" | "worktree" | "resume";
      if (!value || value.startsWith("-") || words[key] !== undefined) return undefined;
      words[key] = value;
    } else if (word.startsWith("-") || word === "" || words.name !== undefined) return undefined;
    else words.name = word;
  }
  return words;
}
