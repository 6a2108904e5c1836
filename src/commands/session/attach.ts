import { defineCommand } from "../../cli/command.ts";
import { UsageFailure } from "../../errors.ts";

export default defineCommand({
  name: "session attach",
  summary: "Go to a detached session",
  description:
    "Shows a session that was started with --detach in this terminal; several people may be there at " +
    "once. Ctrl-Q, a closed terminal or a lost connection leave it running.",
  args: [{ name: "SESSION", summary: "Its name or UUID" }],
  examples: [
    { command: "claude-ops session attach night", summary: "Go to the session night" },
  ],
  async run({ args: [which] }, io) {
    if (!io.interactive) {
      throw new UsageFailure(
        "attaching needs a terminal",
        `over ssh: ssh -t HOST claude-ops session attach ${which}`,
      );
    }
    const [{ attach }, { findHere }] = await Promise.all([
      import("../../sessions/attach.ts"),
      import("./find.ts"),
    ]);
    return attach((await findHere(which!, io)).record, process.env);
  },
});
