import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "config show",
  summary: "Show the settings in force and where each comes from",
  options: {
    system: { type: "boolean", summary: "What holds for the whole host: your own file is left out" },
  },
  examples: [
    { command: "claude-ops config show", summary: "Every key, its value and its origin" },
    { command: "claude-ops config show --system --json", summary: "What timers that run as root go by" },
  ],
  async run({ options }, io) {
    const [{ loadSettings }, { keys }, { renderTable, within }, { shortPath }] = await Promise.all([
      import("../../config/load.ts"),
      import("../../config/schema.ts"),
      import("../../cli/output.ts"),
      import("../../cli/paths.ts"),
    ]);
    const { config, settings, files } = await loadSettings({ system: options.system });
    const rows = [...keys].map(([name, key]) => {
      const setting = settings.get(name);
      const source = setting ? [setting.file, setting.line].filter(Boolean).join(":") : "default";
      return { name, value: key.show(setting ? setting.value : key.default), source };
    });
    return {
      data: { config, sources: Object.fromEntries(rows.map(({ name, source }) => [name, source])), files },
      render: () => {
        const paint = (source: string) => source === "default" ? io.style.dim : io.style.green;
        const cells = rows.map((
          { name, value, source },
        ) => [name, value, { text: source, paint: paint(source) }]);
        const columns = [{ title: "KEY" }, { title: "VALUE" }, { title: "FROM", shrink: true, from: 60 }];
        const places = files.map(({ file, found }) =>
          io.style.dim(
            `${found ? "read" : "not there"}: ${within(shortPath(file), io.columns, found ? 6 : 11)}`,
          )
        );
        return [renderTable(columns, cells, io.columns, io.style.dim), "", ...places].join("\n");
      },
    };
  },
});
