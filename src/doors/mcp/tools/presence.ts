import { z } from "zod";
import { giveBackAll } from "../../../coordination/give_back.ts";
import { health } from "../../../coordination/health.ts";
import { UsageFailure } from "../../../errors.ts";
import { heldFile, heldFiles } from "../../../guard/held_files.ts";
import { ownHolder } from "../../../guard/holder.ts";
import { letGo } from "../../../guard/let_go.ts";
import { targetOf } from "../../../guard/target.ts";
import { type Conflicts, conflictsIn } from "../../../sessions/conflicts.ts";
import { meaning } from "../../../sessions/conflict_text.ts";
import { others } from "../../../sessions/others.ts";
import type { McpSession } from "../session.ts";
import { tool } from "../tool.ts";
import { grantWords } from "../words.ts";

/** Who else works where this session does, and how near. */
export function whoIsHere({ layout, owner, directory }: McpSession): object {
  const all = others(layout).filter(({ id, pid }) =>
    id === undefined ? pid !== owner.identity.pid : id !== owner.session
  );
  const found: Conflicts = conflictsIn(directory, all);
  return {
    you: owner.name,
    directory,
    level: found.level,
    others: found.with.map((conflict) => ({
      name: conflict.other.name,
      level: conflict.level,
      directory: conflict.other.cwd,
      branch: conflict.other.branch ?? null,
      ...(conflict.level !== "safe" && { means: meaning(conflict, found) }),
    })),
  };
}

export const presenceTools = [
  tool({
    name: "who_is_here",
    description:
      "Which other sessions are live, where they work and how near that is to you. Use before larger changes, and when an edit was stopped.",
    input: {},
    readOnly: true,
    run: whoIsHere,
  }),
  tool({
    name: "list_held_files",
    description: "Which files live sessions are editing; edits of these by others are stopped.",
    input: { below: z.string().optional().describe("a directory") },
    readOnly: true,
    run: async ({ layout, env, directory }, { below }) => ({
      files: await heldFiles(
        layout,
        env,
        below === undefined ? undefined : targetOf(below, directory, layout.home),
      ),
    }),
  }),
  tool({
    name: "release_files",
    description: "Let others edit files that this session has edited and is done with, without a commit.",
    input: { files: z.array(z.string()).min(1) },
    run: ({ layout, env, directory }, { files }) => {
      const paths = files.map((file) => targetOf(file, directory, layout.home));
      return { released: letGo(layout, paths, mine(env, layout)).map(({ path }) => path) };
    },
  }),
  tool({
    name: "release_all",
    description: "Let go of everything this session has: claims, locks, files. Use at the end of the work.",
    input: {},
    run: ({ db, owner, layout, env }) => {
      const grants = giveBackAll(db, owner).map(grantWords);
      const files = letGo(layout, undefined, mine(env, layout)).map(heldFile).map(({ path }) => path);
      return { grants, files };
    },
  }),
  tool({
    name: "health",
    description: "All live sessions with what each has, and what was freed because its session has ended.",
    input: {},
    run: async ({ db, layout, env }) => {
      const { members, freed, returned } = await health(db, layout, env);
      return {
        sessions: members.map(({ owner, claims, locks, files, tasks, doing, project }) => ({
          name: owner.name,
          doing,
          project,
          claims: claims.map(grantWords),
          locks: locks.map(grantWords),
          files,
          tasks,
        })),
        freed: freed.map(grantWords),
        returnedTasks: returned,
      };
    },
  }),
];

function mine(env: McpSession["env"], layout: McpSession["layout"]) {
  const holder = ownHolder(layout, env);
  if (holder === undefined) {
    throw new UsageFailure("this server belongs to no session", "start it from Claude Code");
  }
  return holder;
}
