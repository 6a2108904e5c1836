import { defineCommand } from "../../cli/command.ts";
import { filterOptions } from "./filter_options.ts";

export default defineCommand({
  name: "memory export",
  summary: "Write memories as Markdown notes, or as JSON lines",
  description: [
    "Into a directory: a note for each, with its origin in the front matter. A memory that has a note there already is",
    "written into that one, whatever it is called, and keeps what else stands in its front matter. A note that another",
    "session edits, that somebody has open for writing, or changed since, is left alone and named. Into a file (- is stdout): all that is known of each,",
    "with its history, as JSON lines that memory import takes.",
  ].join("\n"),
  args: [{ name: "PATH", summary: "A directory; or a file that ends with .jsonl; or -" }],
  options: {
    format: {
      type: "string",
      value: "FORMAT",
      choices: ["markdown", "jsonl", "mcp"],
      summary: "Not by the name of PATH; mcp is the file of the MCP reference memory server",
    },
    ...filterOptions,
    all: { type: "boolean", summary: "Of all projects" },
  },
  examples: [
    { command: "claude-ops memory export ~/vault/claude", summary: "Notes of this project" },
    {
      command: "claude-ops memory export --all memories.jsonl",
      summary: "Everything, to keep or to take elsewhere",
    },
  ],
  async run({ args: [path], options: { format, all, ...rest } }, io) {
    const [{ filterOf, memoryHere }, { list }, { resolve }, { Exit }] = await Promise.all([
      import("./here.ts"),
      import("../../memory/list.ts"),
      import("node:path"),
      import("../../errors.ts"),
    ]);
    const { database, origin } = await memoryHere();
    const form = format ?? (path === "-" || path!.endsWith(".jsonl") ? "jsonl" : "markdown");
    const filter = {
      ...(all ? {} : { project: origin.project }),
      ...filterOf(rest),
      ...(form === "jsonl" ? { replaced: true } : {}),
    };
    const memories = list(database, filter, Number.MAX_SAFE_INTEGER).reverse();
    if (form === "markdown") {
      const [{ exportNotes }, { otherEditors }, { layoutOf }] = await Promise.all([
        import("../../memory/export_notes.ts"),
        import("../../guard/editing.ts"),
        import("../../sessions/paths.ts"),
      ]);
      const directory = resolve(path!);
      const editorOf = await otherEditors(layoutOf(process.env), process.env, directory);
      const result = exportNotes(database, memories, directory, editorOf);
      for (const { where, why } of result.refused) {
        io.stderr(`${io.errorStyle.yellow("left alone:")} ${where}: ${why}\n`);
      }
      const { written, unchanged, refused } = result;
      return {
        data: result,
        render: () =>
          [
            `${written} written`,
            `${unchanged} as they were`,
            ...refused.length > 0 ? [`${refused.length} left alone`] : [],
          ].join(", "),
        exit: refused.length > 0 ? Exit.failed : Exit.ok,
      };
    }
    const [{ toJsonl }, { factOf }, { replaceFile }] = await Promise.all([
      import("../../memory/jsonl.ts"),
      import("../../memory/reference_server.ts"),
      import("../../store/replace_file.ts"),
    ]);
    const text = form === "jsonl"
      ? toJsonl(memories)
      : memories.map((memory) => JSON.stringify(factOf(memory))).join("\n");
    if (path === "-") {
      return {
        data: { memories: form === "mcp" ? memories.map(factOf) : memories },
        render: () => text,
      };
    }
    replaceFile(resolve(path!), text, { mode: 0o600 });
    return {
      data: { written: memories.length, file: resolve(path!) },
      render: () => `${memories.length} written`,
    };
  },
});
