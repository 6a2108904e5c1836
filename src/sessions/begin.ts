import { conversationChooser } from "../claude/arguments.ts";
import type { Environment } from "../claude/environment.ts";
import { UsageFailure } from "../errors.ts";
import type { Limits } from "./admission.ts";
import { type Detached, startSession } from "./launch.ts";
import { resumeSession } from "./resume.ts";

/** What was typed after `claude-session`. */
export interface Words {
  name?: string;
  project?: string;
  resume?: string;
  /** In a tmux server instead of this terminal. */
  detach?: boolean;
  /** Even where there is no room. */
  force?: boolean;
  args: readonly string[];
}

/**
 * Starts or resumes a session, as the words say: this process becomes Claude Code.
 * @param limits undefined: even where there is no room
 * @throws Failure when it cannot
 */
export function begin(
  { name, project, resume, args }: Words,
  env: Environment,
  limits: Limits | undefined,
  detached?: Detached,
): never {
  const hint = "see claude-session --help";
  const chooser = conversationChooser(args);
  if (chooser !== undefined) {
    throw new UsageFailure(
      `${chooser} is not passed on: which conversation it is, claude-session says itself`,
      hint,
    );
  }
  const request = { directory: project, args, env, limits, ...(detached && { detached }) };
  if (resume === undefined) return startSession({ ...request, name });
  if (name !== undefined) throw new UsageFailure("a session that is resumed keeps its name", hint);
  return resumeSession({ ...request, which: resume });
}

/** The usual forms of a command line; undefined for all others, which the command frame explains. */
export function parseWords(argv: readonly string[]): Words | undefined {
  const words: Words = { args: [] };
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === "--") return { ...words, args: argv.slice(i + 1) };
    if (word === "--project" || word === "--resume") {
      const value = argv[++i];
      const key = word === "--project" ? "project" : "resume";
      if (!value || value.startsWith("-") || words[key] !== undefined) return undefined;
      words[key] = value;
    } else if (word.startsWith("-") || word === "" || words.name !== undefined) return undefined;
    else words.name = word;
  }
  return words;
}
