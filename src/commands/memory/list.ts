import { defineCommand } from "../../cli/command.ts";
import { filterOptions } from "./filter_options.ts";

export default defineCommand({
  name: "memory list",
  summary: "Show what is remembered of this project, the newest first",
  options: {
    limit: { type: "integer", value: "N", min: 1, max: 1_000_000, default: 30, summary: "At most so many" },
    ...filterOptions,
    all: { type: "boolean", summary: "Of all projects" },
    replaced: { type: "boolean", summary: "Also what was replaced" },
  },
  examples: [
    { command: "claude-ops memory list", summary: "The newest of this project" },
    { command: "claude-ops memory list --all --tag decision --json", summary: "All decisions, for scripts" },
  ],
  async run({ options: { limit, all, replaced, ...rest } }, io) {
    const [{ filterOf, memoryHere }, { count, list }, { nothingYet, renderMemories }] = await Promise.all([
      import("./here.ts"),
      import("../../memory/list.ts"),
      import("./text.ts"),
    ]);
    const { database, origin } = await memoryHere();
    const filter = {
      ...(all ? {} : { project: origin.project }),
      ...filterOf(rest),
      ...(replaced ? { replaced } : {}),
    };
    const memories = list(database, filter, limit);
    const total = memories.length < limit ? memories.length : count(database, filter);
    return {
      data: { memories, total },
      render: () =>
        memories.length === 0 ? nothingYet : renderMemories(memories, io.style, io.columns) +
          (total > memories.length
            ? `\n${io.style.dim(`and ${total - memories.length} more: --limit ${total}`)}`
            : ""),
    };
  },
});
