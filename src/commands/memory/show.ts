import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "memory show",
  summary: "Show memories whole, with where they come from",
  args: [{ name: "ID", summary: "Number of a memory", variadic: true }],
  examples: [{ command: "claude-ops memory show 12", summary: "All of it" }],
  async run({ args }, io) {
    const [{ idOf, memoryHere }, { byId, noMemory }, { renderMemory }] = await Promise.all([
      import("./here.ts"),
      import("../../memory/save.ts"),
      import("./text.ts"),
    ]);
    const ids = args.map(idOf);
    const { database } = await memoryHere();
    const memories = ids.map((id) => {
      const memory = byId(database, id);
      if (memory === undefined) throw noMemory(id);
      return memory;
    });
    return {
      data: { memories },
      render: () => memories.map((memory) => renderMemory(memory, io.style)).join("\n\n"),
    };
  },
});
