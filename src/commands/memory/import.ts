import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "memory import",
  summary: "Take over memories from Markdown, JSON lines or Claude Code's own",
  description: [
    "PATH is a directory of Markdown such as an Obsidian vault, a Markdown file, or a file of JSON lines: memories with at",
    "least a text, or the file of the MCP reference memory server. What is known already is recognised; a note that was",
    "changed since takes the place of what it said. A file of JSON lines is taken whole or not at all.",
  ].join("\n"),
  args: [{ name: "PATH", summary: "Files and directories; - is stdin", optional: true, variadic: true }],
  options: {
    claude: { type: "boolean", summary: "What Claude Code remembers by itself, of all sessions" },
    project: {
      type: "string",
      value: "DIR",
      summary: "What names no project is of this directory's, not of the current one's",
    },
  },
  examples: [
    { command: "claude-ops memory import ~/vault", summary: "An Obsidian vault" },
    {
      command: "claude-ops memory import memory.jsonl",
      summary: "Of the MCP reference memory server, or of memory export",
    },
    { command: "claude-ops memory import --claude", summary: "projects/*/memory/*.md of Claude Code" },
  ],
  async run({ args, options }, io) {
    const [
      { memoryHere },
      { readClaude, readPath },
      { importAll },
      { UsageFailure, Exit },
      { syncSoon },
      { layoutOf },
      { sessionIds },
    ] = await Promise.all([
      import("./here.ts"),
      import("../../memory/import_paths.ts"),
      import("../../memory/import.ts"),
      import("../../errors.ts"),
      import("../../memory/sync_soon.ts"),
      import("../../sessions/paths.ts"),
      import("../../sessions/find.ts"),
    ]);
    if (args.length === 0 && !options.claude) {
      throw new UsageFailure("nothing to import", "name a file or a directory, or --claude");
    }
    const { database, config, origin } = await memoryHere(options.project);
    const layout = layoutOf(process.env);
    const read = [
      ...args.map(readPath),
      ...options.claude ? [readClaude(layout, sessionIds(layout))] : [],
    ];
    const imported = read.flatMap((each) => each.imported);
    const result = importAll(database, origin, imported, (done) => {
      if (imported.length > 1000 && io.interactive) io.stderr(`\r${done} of ${imported.length}`);
    });
    if (imported.length > 1000 && io.interactive) io.stderr("\n");
    const refused = [...read.flatMap((each) => each.refused), ...result.refused];
    syncSoon(config);
    for (const { where, why } of refused) {
      io.stderr(`${io.errorStyle.yellow("left out:")} ${where}: ${why}\n`);
    }
    return {
      data: { ...result, refused },
      render: () =>
        [
          `${result.added} added`,
          ...result.replaced > 0 ? [`${result.replaced} replaced what they said before`] : [],
          ...result.known > 0 ? [`${result.known} known already`] : [],
          ...refused.length > 0 ? [`${refused.length} left out`] : [],
        ].join(", "),
      exit: refused.length > 0 ? Exit.failed : Exit.ok,
    };
  },
});
