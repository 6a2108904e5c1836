import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "state list",
  summary: "Show shared values, or in which scopes there are some",
  args: [{ name: "SCOPE", summary: 'A scope, or a pattern such as "issue:*"', optional: true }],
  examples: [
    { command: "claude-ops state list", summary: "All scopes" },
    { command: "claude-ops state list project:shop", summary: "The values of one" },
    { command: 'claude-ops state list "issue:*" --json', summary: "Scopes by a pattern, for scripts" },
  ],
  async run({ args: [scope] }, io) {
    const [{ openTogether }, { entriesOf, scopes }, { renderTable }, { age }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/state.ts"),
      import("../../cli/output.ts"),
      import("../../sessions/age.ts"),
    ]);
    const db = openTogether(io);
    if (scope === undefined || /[*?[]/.test(scope)) {
      const found = scopes(db, scope);
      return { data: { scopes: found }, render: () => found.join("\n") || "nothing is shared yet" };
    }
    const entries = entriesOf(db, scope);
    const columns = [
      { title: "KEY" },
      { title: "VALUE", shrink: true },
      { title: "VERSION", align: "right" },
      { title: "BY" },
      { title: "AGO", align: "right" },
    ] as const;
    const rows = entries.map((
      { key, value, version, by, at },
    ) => [key, JSON.stringify(value), String(version), by, age(at)]);
    return {
      data: { scope, entries },
      render: () =>
        rows.length === 0 ? `nothing in ${scope}` : renderTable(columns, rows, io.columns, io.style.dim),
    };
  },
});
