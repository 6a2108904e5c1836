import { defineCommand } from "../../cli/command.ts";
import { Exit } from "../../errors.ts";

export default defineCommand({
  name: "config check",
  summary: "Check the configuration files, or another file before it is put in place",
  description: "Exits with 3 where something is wrong. Nothing is changed.",
  args: [{ name: "FILE", summary: "The file to check instead of those in force", optional: true }],
  examples: [
    { command: "claude-ops config check", summary: "The files that are in force" },
    { command: "claude-ops config check new.toml", summary: "A draft" },
  ],
  async run({ args }, io) {
    const [
      { configFiles },
      { readConfigFile },
      { parseConfig },
      { placeOf },
      { Failure },
      { printable },
      { within },
    ] = await Promise.all([
      import("../../config/load.ts"),
      import("../../config/read.ts"),
      import("../../config/parse.ts"),
      import("../../config/problem.ts"),
      import("../../errors.ts"),
      import("../../cli/text.ts"),
      import("../../cli/output.ts"),
    ]);
    const [given] = args;
    const texts = (given === undefined ? configFiles({ system: false }) : [given])
      .map((file) => ({ file, text: readConfigFile(file, false) }))
      .filter((each): each is { file: string; text: string } => each.text !== undefined);
    if (given !== undefined && texts.length === 0) {
      throw new Failure(`${given}: no such file`, { hint: "is its path right?" });
    }
    const problems = texts.flatMap(({ file, text }) => parseConfig(file, text).problems);
    const { style } = io;
    return {
      data: { ok: problems.length === 0, files: texts.map(({ file }) => file), problems },
      exit: problems.length === 0 ? Exit.ok : Exit.findings,
      render: () => {
        if (texts.length === 0) {
          return `${style.green(style.ok)} no configuration files, all keys have their defaults`;
        }
        if (problems.length === 0) {
          return texts.map(({ file }) => `${style.green(style.ok)} ${printable(file)}`).join("\n");
        }
        return problems.map((problem) =>
          [
            `${style.red(style.failed)} ${within(`${placeOf(problem)}: ${problem.message}`, io.columns, 2)}`,
            `  ${style.yellow("hint:")} ${within(problem.hint, io.columns, 8)}`,
          ].join("\n")
        ).join("\n");
      },
    };
  },
});
