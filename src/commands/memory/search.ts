import { defineCommand } from "../../cli/command.ts";
import { filterOptions } from "./filter_options.ts";

export default defineCommand({
  name: "memory search",
  summary: "Find what is remembered, whatever words it was saved with",
  description: [
    "What has all words comes first, then what has some of them or says the same in other words; what is of this branch",
    "before what is of others. Looks in this project, and in others only when there is nothing.",
    "",
    'In the query: "a phrase", begin*, -without, one OR other, tag:NAME, branch:, project:, session:, author:, since:7d,',
    "before:2026-05-01. Nothing typed is an error of syntax. See docs/memory.md.",
  ].join("\n"),
  args: [{ name: "QUERY", summary: "What to look for", variadic: true }],
  options: {
    limit: { type: "integer", value: "N", min: 1, max: 1000, default: 10, summary: "At most so many" },
    ...filterOptions,
    all: { type: "boolean", summary: "In all projects" },
    replaced: { type: "boolean", summary: "Also what was replaced" },
  },
  examples: [
    { command: "claude-ops memory search how do users log in", summary: "In your own words" },
    {
      command: "claude-ops memory search 'getUserName tag:decision'",
      summary: "An identifier, however it is spelled",
    },
    { command: "claude-ops memory search login --branch main --since 7d --json", summary: "For scripts" },
  ],
  async run({ args, options }, io) {
    const [
      { filterOf, memoryHere },
      { search },
      { marks, nothingYet, renderAnswer },
      { embedderOf },
      { count },
    ] = await Promise.all([
      import("./here.ts"),
      import("../../memory/search.ts"),
      import("./text.ts"),
      import("../../memory/embedder.ts"),
      import("../../memory/list.ts"),
    ]);
    const { database, config, origin } = await memoryHere();
    const { limit, all, replaced, ...filter } = options;
    const answer = await search(database, args.join(" "), {
      view: origin,
      filter: { ...filterOf(filter), ...(replaced ? { replaced } : {}) },
      limit,
      everywhere: all,
      marks: io.json ? ["**", "**"] : marks,
      embedder: embedderOf(config, process.env),
    });
    const nothing = () =>
      count(database, all ? {} : { project: origin.project }) === 0
        ? nothingYet
        : "nothing found; fewer or other words may help";
    return {
      data: { memories: answer.hits, notes: answer.notes },
      render: () =>
        answer.hits.length === 0
          ? [...answer.notes, nothing()].join("\n")
          : renderAnswer(answer, io.style, io.columns),
    };
  },
});
