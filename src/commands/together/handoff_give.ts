import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "handoff give",
  summary: "Pass work on to whoever comes",
  description: [
    "Files, branch and next steps wait for one session to pick them up. A claim of the same name passes on with them.",
    "Without --branch it is the current one of the directory.",
  ].join("\n"),
  args: [
    { name: "TOPIC", summary: "What it is about, e.g. issue:15" },
    { name: "MESSAGE", summary: "What is done, in words", optional: true },
  ],
  options: {
    file: { type: "string", value: "FILE", multiple: true, summary: "A file that matters" },
    next: { type: "string", value: "TEXT", multiple: true, summary: "A next step" },
    branch: { type: "string", value: "NAME", summary: "The branch that it is on" },
  },
  examples: [{
    command:
      'claude-ops handoff give issue:15 "the adapter works" --file src/local.ts --next "review it" --next "run the tests"',
    summary: "Everything the next one needs",
  }],
  async run({ args: [topic, message], options: { file, next, branch } }, io) {
    const [{ actor, openTogether }, { handOver }, { branchOf, placeOf }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/handoff.ts"),
      import("../../sessions/project.ts"),
    ]);
    const place = placeOf(process.cwd());
    const on = branch ?? branchOf(place);
    const words = {
      topic: topic!,
      project: place.project,
      ...(message === undefined ? {} : { message }),
      ...(on === undefined ? {} : { branch: on }),
      files: file,
      next,
    };
    const id = handOver(openTogether(io), words, actor());
    return { data: { id, ...words }, render: () => `handed ${topic} over` };
  },
});
