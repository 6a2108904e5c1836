import { defineCommand } from "../../cli/command.ts";
import { UsageFailure } from "../../errors.ts";

export default defineCommand({
  name: "memory save",
  summary: "Remember something for all sessions of the project",
  description: [
    "Saved with the project, the branch, the session and the time. What the project knows already on this branch is",
    "recognised and not saved twice. A text that begins with - or has several lines is better given on stdin.",
  ].join("\n"),
  args: [{
    name: "TEXT",
    summary: "What to remember; read from stdin when left out",
    optional: true,
    variadic: true,
  }],
  options: {
    tag: {
      type: "string",
      value: "TAG",
      multiple: true,
      summary: "A tag to find it by; may be given several times",
    },
    replaces: {
      type: "integer",
      value: "ID",
      min: 1,
      summary: "It takes the place of this memory, which is kept as history",
    },
    project: {
      type: "string",
      value: "DIR",
      summary: "Of the project of this directory, not of the current one",
    },
    branch: { type: "string", value: "BRANCH", summary: "As of this branch, not of the current one" },
  },
  examples: [
    {
      command: 'claude-ops memory save "Login uses PKCE, see docs/auth.md" --tag decision',
      summary: "A decision",
    },
    {
      command: 'claude-ops memory save --replaces 12 "Login is done"',
      summary: "What was said in 12 is over",
    },
    { command: "claude-ops memory save --tag notes <notes.md", summary: "From a file" },
  ],
  async run({ args, options }, io) {
    const [{ memoryHere }, { save }, { syncSoon }] = await Promise.all([
      import("./here.ts"),
      import("../../memory/save.ts"),
      import("../../memory/sync_soon.ts"),
    ]);
    const { readFileSync } = process.getBuiltinModule("node:fs");
    if (args.length === 0 && io.interactive) {
      throw new UsageFailure("memory save: TEXT is missing", 'claude-ops memory save "what to remember"');
    }
    const text = args.length > 0 ? args.join(" ") : readFileSync(0, "utf8");
    const { database, config, origin } = await memoryHere(options.project);
    const { memory, duplicate } = save(
      database,
      options.branch === undefined ? origin : { ...origin, branch: options.branch },
      { text, tags: options.tag, ...(options.replaces === undefined ? {} : { replaces: options.replaces }) },
    );
    if (!duplicate) syncSoon(config);
    return {
      data: { ...memory, duplicate },
      render: () =>
        duplicate
          ? `known already as memory ${io.style.bold(String(memory.id))}`
          : `saved as memory ${io.style.bold(String(memory.id))}`,
    };
  },
});
