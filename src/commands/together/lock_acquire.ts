import { defineCommand } from "../../cli/command.ts";
import { pid, ttl, wait } from "./options.ts";

export default defineCommand({
  name: "lock acquire",
  summary: "Take a lock, and keep it over several commands",
  description: [
    "It is held until `lock release`, or until the session (outside of one: the calling shell) ends, however it does. With",
    "exit status 75 somebody else has it. What runs as one command is safer under `lock run`.",
    "",
    "The lock `end` is for the end of work, which one session at a time does: it is waited for up to 30 s without being told.",
  ].join("\n"),
  args: [{ name: "NAME", summary: "The lock" }],
  options: { wait, ttl, pid },
  examples: [
    { command: "claude-ops lock acquire end", summary: "Before work is ended" },
    { command: "claude-ops lock acquire deploy --wait 60", summary: "Wait for it up to a minute" },
    {
      command: "claude-ops lock acquire nightly --ttl 2h --json",
      summary: "For something that is no process here",
    },
  ],
  async run({ args: [name], options }, io) {
    const [
      { actor, milliseconds, openTogether, patience, takeInTime },
      { acquire, endLock },
      { grantData, held },
    ] = await Promise
      .all([
        import("./together.ts"),
        import("../../coordination/locks.ts"),
        import("../../coordination/refusals.ts"),
      ]);
    const { ttl, wait } = options;
    const waiting = wait === undefined && name === endLock.name ? endLock.patience : patience(wait);
    const terms = ttl === undefined ? {} : { ttl: milliseconds("ttl", ttl) };
    const [db, owner] = [openTogether(io), actor(options.pid)];
    const taken = await takeInTime(
      io,
      waiting,
      (patience) => acquire(db, name!, owner, { patience, ...terms }),
    );
    if (!taken.granted) throw held(taken.holder);
    const { number } = taken.grant;
    return {
      data: { acquired: true, again: taken.again, ...grantData(taken.grant) },
      render: () => `${taken.again ? "still have" : "acquired"} ${name}, number ${number}`,
    };
  },
});
