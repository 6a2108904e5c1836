import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "memory doctor",
  summary: "Look whether the memory is whole, found and backed up",
  description: [
    "A database that is damaged is set aside as soon as anybody meets the damage: the last backup is put in place, with all",
    "that can be read of the damaged file. This says what was restored, and looks at everything.",
  ].join("\n"),
  options: { fix: { type: "boolean", summary: "Mend what is found: make the index anew, take a backup" } },
  examples: [{ command: "claude-ops memory doctor --fix", summary: "Look and mend" }],
  async run({ options: { fix } }, io) {
    const [{ memoryHere }, { examine, rebuildIndex }, { backUp }, { Exit }] = await Promise.all([
      import("./here.ts"),
      import("../../memory/health.ts"),
      import("../../store/backup.ts"),
      import("../../errors.ts"),
    ]);
    const { database, config } = await memoryHere(process.env.HOME);
    let checks = examine(database, config, process.env);
    const wrong = (id: string) => checks.some((check) => check.id === id && check.status !== "ok");
    if (fix && (wrong("index") || wrong("backup"))) {
      if (wrong("index")) rebuildIndex(database);
      if (wrong("backup")) backUp(database.path);
      checks = examine(database, config, process.env);
    }
    const { style } = io;
    const signs = {
      ok: style.green(style.ok),
      warning: style.yellow(style.warning),
      failed: style.red(style.failed),
    };
    const bad = checks.some(({ status }) => status !== "ok");
    return {
      data: { ok: !bad, checks },
      render: () =>
        checks.map(({ status, id, actual, fix }) =>
          `${signs[status]} ${id.padEnd(10)} ${actual}${
            fix === undefined ? "" : `\n  ${style.dim("fix")}          ${style.cyan(fix)}`
          }`
        ).join("\n"),
      exit: bad ? Exit.findings : Exit.ok,
    };
  },
});
