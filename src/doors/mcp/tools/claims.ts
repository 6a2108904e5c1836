import { z } from "zod";
import { claim, claims, unclaim } from "../../../coordination/claims.ts";
import { acquire, locks, release } from "../../../coordination/locks.ts";
import { tool } from "../tool.ts";
import { grantWords, returnedWords, takenWords } from "../words.ts";

const name = z.string().describe("e.g. issue:15, module:billing");

export const claimTools = [
  tool({
    name: "claim",
    description:
      "Claim an issue, task or part of the code by name before you work on it, so that no other session takes it too. Ends with this session.",
    input: { name, note: z.string().optional().describe("what for, for others to read") },
    run: ({ db, owner }, { name, note }) =>
      takenWords(
        claim(db, name, owner, note === undefined ? {} : { note }),
        "take something else, or ask the person",
      ),
  }),
  tool({
    name: "unclaim",
    description: "Give a claim back when you are done with it or will not do it.",
    input: { name },
    run: ({ db, owner }, { name }) => returnedWords(unclaim(db, name, { owner }), name),
  }),
  tool({
    name: "list_claims",
    description: "Who has claimed what. Use before you choose what to work on.",
    input: { pattern: z.string().optional().describe("with * and ?, e.g. issue:*") },
    readOnly: true,
    run: ({ db }, { pattern }) => ({ claims: claims(db, pattern).map(grantWords) }),
  }),
  tool({
    name: "acquire_lock",
    description:
      "Let only one session at a time do something (release, migration, deploy, use a port): waits up to timeout seconds. Release it when done.",
    input: {
      name: z.string().describe("e.g. end, release, db-migration"),
      timeout: z.number().min(0).max(55).optional().describe("seconds to wait; 30 when left out"),
      note: z.string().optional(),
    },
    run: async ({ db, owner }, { name, timeout = 30, note }) =>
      takenWords(
        await acquire(db, name, owner, { patience: timeout * 1000, ...(note !== undefined && { note }) }),
        "do something else and try again, or ask the person",
      ),
  }),
  tool({
    name: "release_lock",
    description: "Release a lock that this session has.",
    input: { name: z.string() },
    run: ({ db, owner }, { name }) => returnedWords(release(db, name, { owner }), name),
  }),
  tool({
    name: "list_locks",
    description: "Which locks are held, by whom and since when.",
    input: {},
    readOnly: true,
    run: ({ db }) => ({ locks: locks(db).map(grantWords) }),
  }),
];
