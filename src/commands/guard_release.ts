import { defineCommand } from "../cli/command.ts";
import { UsageFailure } from "../errors.ts";

export default defineCommand({
  name: "guard release",
  summary: "Let go of files that a session holds",
  description: "In a session it lets go of that session's own files; a person at a shell can free anybody's.",
  args: [{ name: "FILE", summary: "A file that is held", optional: true, variadic: true }],
  options: { all: { type: "boolean", summary: "Everything that the session holds" } },
  examples: [
    { command: "claude-ops guard release src/app.ts", summary: "Others may edit it from now on" },
    { command: "claude-ops guard release --all", summary: "All files of this session" },
  ],
  async run({ args, options: { all } }) {
    if (all === args.length > 0) {
      throw new UsageFailure("name files, or use --all", "see claude-ops guard list");
    }
    const { layoutOf } = await import("../sessions/paths.ts");
    const { callingSession, letGo } = await import("../guard/let_go.ts");
    const { targetOf } = await import("../guard/target.ts");
    const layout = layoutOf(process.env);
    const paths = args.map((file) => targetOf(file, process.cwd(), layout.home));
    const session = callingSession(layout, process.env);
    if (all && session === undefined) {
      throw new UsageFailure("--all is for sessions, and this is none", "name files");
    }
    const gone = letGo(layout, all ? undefined : paths, session);
    return {
      data: { released: gone.map(({ path, by }) => ({ path, session: by.name })) },
      render: () =>
        gone.length === 0
          ? "nothing was held"
          : gone.map(({ path, by }) => `released ${path} (${by.name})`).join("\n"),
    };
  },
});
