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
  async run({ args: [path], options }, io) {
    const { exportHere } = await import("./export_work.ts");
    return await exportHere(path!, options, io);
  },
});
