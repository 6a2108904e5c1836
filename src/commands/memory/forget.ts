import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "memory forget",
  summary: "Forget memories for good, with what they replaced",
  description: "Only backups still have them, until those are rotated away.",
  args: [{ name: "ID", summary: "Number of a memory", variadic: true }],
  examples: [{ command: "claude-ops memory forget 12 13", summary: "Both, or none where one is not there" }],
  async run({ args }) {
    const [{ idOf, memoryHere }, { forget }, { syncSoon }] = await Promise.all([
      import("./here.ts"),
      import("../../memory/history.ts"),
      import("../../memory/sync_soon.ts"),
    ]);
    const ids = [...new Set(args.map(idOf))];
    const { database, config } = await memoryHere();
    const gone = database.write(() => {
      const forgotten = new Set<number>();
      for (const id of ids) {
        if (!forgotten.has(id)) { for (const each of forget(database, id)) forgotten.add(each.id); }
      }
      return [...forgotten];
    });
    syncSoon(config);
    const older = gone.length - ids.length;
    return {
      data: { forgotten: gone },
      render: () =>
        `forgot ${ids.join(", ")}${older > 0 ? ` and ${older} older ${older === 1 ? "form" : "forms"}` : ""}`,
    };
  },
});
