import { conversationChooser } from "../claude/arguments.ts";
import type { Environment } from "../claude/environment.ts";
import { UsageFailure } from "../errors.ts";
import { forkSession } from "./fork.ts";
import { type Detached, startSession } from "./launch.ts";
import { resumeSession } from "./resume.ts";
import type { Settings } from "./settings.ts";
import { withVersions } from "./with_versions.ts";

/** What was typed after `claude-session`. */
export interface Words {
  name?: string;
  project?: string;
  /** The branch whose worktree to work in. */
  worktree?: string;
  /** A name or UUID; empty where somebody has to choose. */
  resume?: string;
  fork?: boolean;
  /** In a tmux server instead of this terminal. */
  detach?: boolean;
  /** Even where there is no room. */
  force?: boolean;
  args: readonly string[];
}

/**
 * Starts, forks or resumes a session, as the words say: this process becomes Claude Code. Asks nothing: where somebody
 * has to decide (SeveralFit, `host-full`, `conflict-ahead`), it fails with what there is to decide.
 * @throws Failure when it cannot; nothing is left behind then
 */
export async function begin(
  words: Words,
  env: Environment,
  settings: Settings,
  detached?: Detached,
): Promise<never> {
  checkTogether(words);
  return await withVersions(env, async () => await go(words, env, settings, detached));
}

async function go(
  { name, project, worktree, resume, fork, args }: Words,
  env: Environment,
  settings: Settings,
  detached?: Detached,
): Promise<never> {
  const request = { directory: project, args, env, settings, ...(detached && { detached }) };
  if (resume === undefined) return await startSession({ ...request, name, worktree });
  if (fork) return await forkSession({ ...request, which: resume, name, worktree });
  return await resumeSession({ ...request, which: resume });
}

/** @throws UsageFailure for words that contradict each other */
function checkTogether({ name, worktree, resume, fork, args }: Words): void {
  const hint = "see claude-session --help";
  const chooser = conversationChooser(args);
  if (chooser !== undefined) {
    throw new UsageFailure(
      `${chooser} is not passed on: which conversation it is, claude-session says itself`,
      hint,
    );
  }
  if (fork && resume === undefined) throw new UsageFailure("--fork needs --resume: what to copy", hint);
  if (resume === undefined || fork) return;
  if (name !== undefined) {
    throw new UsageFailure("a session that is resumed keeps its name; with --fork the copy gets one", hint);
  }
  if (worktree !== undefined) {
    throw new UsageFailure(
      "a session that is resumed stays in its own worktree; with --fork the copy can go there",
      hint,
    );
  }
}

/** The usual forms of a command line; undefined for all others, which the command frame explains. */
export function parseWords(argv: readonly string[]): Words | undefined {
  const words: Words = { args: [] };
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === "--") return { ...words, args: argv.slice(i + 1) };
    if (word === "--project" || word === "--worktree" || word === "--resume") {
      const key = word.slice(2) as "project" | "worktree" | "resume";
      const next = argv[i + 1];
      const value = next && !next.startsWith("-") ? argv[++i]! : "";
      if (words[key] !== undefined || (value === "" && (key !== "resume" || next === ""))) return undefined;
      words[key] = value;
    } else if (word === "--fork") {
      words.fork = true;
    } else if (word.startsWith("-") || word === "" || words.name !== undefined) return undefined;
    else words.name = word;
  }
  return words;
}
