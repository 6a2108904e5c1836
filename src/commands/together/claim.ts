import { defineCommand } from "../../cli/command.ts";
import { pid, ttl, wait } from "./options.ts";

export default defineCommand({
  name: "claim",
  summary: "Claim anything by a name, so that one session works on it",
  description: [
    "Of any number who claim the same name at once, one gets it; the others are told who has it and since when, with exit",
    "status 75. A claim ends with `unclaim`, or when the session (outside of one: the calling shell) ends, however it does.",
  ].join("\n"),
  args: [{ name: "NAME", summary: "What to claim, e.g. issue:15" }],
  options: {
    note: { type: "string", value: "TEXT", summary: "What for, for others to read" },
    wait,
    ttl,
    pid,
  },
  examples: [
    { command: "claude-ops claim issue:15", summary: "Mine, or exit status 75" },
    { command: "claude-ops claim issue:15 --wait 60 --json", summary: "Wait up to a minute, for scripts" },
  ],
  async run({ args: [name], options }, io) {
    const [{ actor, milliseconds, openTogether, patience, takeInTime }, { awaitClaim }, { grantData, held }] =
      await Promise.all([
        import("./together.ts"),
        import("../../coordination/claims.ts"),
        import("../../coordination/refusals.ts"),
      ]);
    const { note, ttl } = options;
    const terms = {
      ...(note === undefined ? {} : { note }),
      ...(ttl === undefined ? {} : { ttl: milliseconds("ttl", ttl) }),
    };
    const [db, owner] = [openTogether(io), actor(options.pid)];
    const taken = await takeInTime(
      io,
      patience(options.wait),
      (patience) => awaitClaim(db, name!, owner, terms, patience),
    );
    if (!taken.granted) throw held(taken.holder);
    const from = taken.from === undefined ? "" : ` (${taken.from.name} had it and has ended)`;
    return {
      data: { claimed: true, again: taken.again, ...grantData(taken.grant) },
      render: () => taken.again ? `${name} is yours already` : `claimed ${name}${from}`,
    };
  },
});
