import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "receive-shared",
  hidden: true,
  summary: "Receive shared resources on stdin",
  description:
    "What `install --shared` runs on a host, once for what sessions may only read and once for the rest.",
  args: [{ name: "PART", summary: "Which of them", choices: ["guarded", "own"] }],
  options: {
    user: { type: "string", value: "NAME", summary: "The managed user who gets them; needs root" },
    mirror: { type: "boolean", summary: "Take away what was not sent" },
    check: { type: "boolean", summary: "Say what would change, and change nothing" },
  },
  examples: [{ command: "claude-ops receive-shared guarded --check --json", summary: "Compare only" }],
  async run({ args: [part], options }, io) {
    const { receiveShared } = await import("./receive_shared_work.ts");
    return await receiveShared(part as "guarded" | "own", options, io);
  },
});
