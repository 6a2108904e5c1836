import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "state watch",
  summary: "Print values of a scope as they are, and then whenever they change",
  description: [
    "One line each: the key and its value, which is left out for a deleted one; with --json the whole entry. Goes on until",
    "Ctrl-C, or with --until until a value is what is waited for.",
  ].join("\n"),
  args: [
    { name: "SCOPE", summary: "e.g. project:shop" },
    { name: "KEY", summary: "Only this one of its values", optional: true },
  ],
  options: {
    until: { type: "string", value: "JSON", summary: "End when a value is this one" },
    timeout: { type: "string", value: "SECONDS", summary: "End after that time, with exit status 75" },
  },
  examples: [
    { command: "claude-ops state watch project:shop", summary: "Follow all of a scope" },
    {
      command: `claude-ops state watch release tests --until '"passed"' --timeout 600`,
      summary: "Wait for somebody else",
    },
  ],
  async run({ args: [scope, key], options }, io) {
    const { watchHere } = await import("./state_watch_work.ts");
    return await watchHere(scope!, key, options, io);
  },
});
