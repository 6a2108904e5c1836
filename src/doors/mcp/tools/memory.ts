import { z } from "zod";
import { tool } from "../tool.ts";

const id = z.number().int().min(1).describe("number of a memory");
const tags = z.array(z.string()).optional();
const branch = z.string().optional();

/** What these do is loaded when one is called: most sessions call few. */
const work = () => import("./memory_work.ts");

export const memoryTools = [
  tool({
    name: "memory_save",
    description:
      "Remember for all sessions of this project: decisions with their reason, traps, where things are, how far work is. One fact each, understandable alone. Give replaces when it corrects an older one.",
    input: {
      text: z.string(),
      tags: tags.describe("e.g. decision, gotcha, progress"),
      replaces: id.optional().describe("the memory that is no longer so"),
      branch: branch.describe("the current one when left out"),
    },
    run: async (session, given) => (await work()).saveMemory(session, given),
  }),
  tool({
    name: "memory_search",
    description:
      'Look for what sessions of this project remember, in your own words. Do it before you decide or explore. Also takes "a phrase", begin*, -without, a OR b, tag:x, branch:x, since:7d.',
    input: { query: z.string(), limit: z.number().int().min(1).max(50).optional(), tags, branch },
    readOnly: true,
    run: async (session, given) => (await work()).searchMemory(session, given),
  }),
  tool({
    name: "memory_list",
    description: "The newest memories of this project.",
    input: { limit: z.number().int().min(1).max(100).optional(), tags, branch },
    readOnly: true,
    run: async (session, given) => (await work()).listMemories(session, given),
  }),
  tool({
    name: "memory_show",
    description: "One memory whole, with its source.",
    input: { id },
    readOnly: true,
    run: async (session, { id }) => (await work()).showMemory(session, id),
  }),
  tool({
    name: "memory_history",
    description: "What a memory said before it was replaced.",
    input: { id },
    readOnly: true,
    run: async (session, { id }) => (await work()).memoryHistory(session, id),
  }),
  tool({
    name: "memory_forget",
    description: "Remove a memory and its history for good. For what is merely outdated, save with replaces.",
    input: { id },
    run: async (session, { id }) => (await work()).forgetMemory(session, id),
  }),
  tool({
    name: "memory_import",
    description: "Take over memories from a directory of Markdown, a Markdown file or a .jsonl file.",
    input: { path: z.string() },
    run: async (session, { path }) => (await work()).importMemories(session, path),
  }),
  tool({
    name: "memory_export",
    description: "Write the memories of this project as Markdown notes into a directory.",
    input: { directory: z.string() },
    run: async (session, { directory }) => (await work()).exportMemories(session, directory),
  }),
];
