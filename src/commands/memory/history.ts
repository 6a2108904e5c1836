import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "memory history",
  summary: "Show what a memory said before it was replaced",
  args: [{ name: "ID", summary: "Number of any of its forms" }],
  examples: [{ command: "claude-ops memory history 12", summary: "Oldest first; the last one counts" }],
  async run({ args: [word] }, io) {
    const [{ idOf, memoryHere }, { history }, { renderMemory }] = await Promise.all([
      import("./here.ts"),
      import("../../memory/history.ts"),
      import("./text.ts"),
    ]);
    const id = idOf(word!);
    const memories = history((await memoryHere()).database, id);
    return {
      data: { memories },
      render: () => memories.map((memory) => renderMemory(memory, io.style)).join("\n\n"),
    };
  },
});
