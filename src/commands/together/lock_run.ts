import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "lock run",
  summary: "Run a command while nobody else runs one under the same lock",
  description: [
    "Waits for the lock, then becomes COMMAND: its input, output, signals and exit status are its own, and the lock is held",
    "for exactly as long as that process lives, however it ends. Where the lock is not to be had in time, COMMAND is not run",
    "and the exit status is 75.",
    "",
    "COMMAND finds the number of its grant in CLAUDE_OPS_LOCK_NUMBER. It only grows, so that whatever COMMAND writes to can",
    "refuse one that is lower than the last it saw.",
  ].join("\n"),
  args: [{ name: "NAME", summary: "The lock, e.g. deploy; `end` for the end of work" }],
  options: {
    timeout: { type: "string", value: "SECONDS", summary: "How long to wait for it", default: "30" },
  },
  rest: { name: "COMMAND", summary: "The command and its arguments", required: true },
  examples: [
    { command: "claude-ops lock run deploy -- ./deploy.sh", summary: "One deploy at a time" },
    { command: "claude-ops lock run end --timeout 5 -- git push", summary: "Or tell me who is in the way" },
  ],
  async run({ args: [name], options: { timeout }, rest }, io) {
    const [
      { milliseconds, openTogether, takeInTime },
      { acquire, forOneCommand },
      { ownerOfProcess },
      { held },
    ] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/locks.ts"),
      import("../../coordination/owner.ts"),
      import("../../coordination/refusals.ts"),
    ]);
    const [{ findProgram }, { takePlace }, { namedAfter }] = await Promise.all([
      import("../../runtime/find_program.ts"),
      import("../../runtime/take_place.ts"),
      import("../../coordination/caller.ts"),
    ]);
    const file = findProgram(rest[0]!, process.env.PATH);
    const patience = milliseconds("timeout", timeout);
    const db = openTogether(io);
    // This very process: it becomes the command.
    const owner = ownerOfProcess(process.pid, namedAfter(process.env, rest[0]!));
    const taken = await takeInTime(
      io,
      patience,
      (patience) => acquire(db, name!, owner, { patience, note: forOneCommand }),
    );
    if (!taken.granted) throw held(taken.holder);
    db.close();
    const env = { CLAUDE_OPS_LOCK_NUMBER: String(taken.grant.number) };
    return takePlace({ file, name: rest[0]!, words: rest.length - 1, env });
  },
});
