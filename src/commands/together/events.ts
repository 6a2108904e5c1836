import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "events",
  summary: "Show what sessions did with each other's knowledge",
  description:
    "Claims, handoffs, what was freed, and what sessions wrote down with `event`; the newest 100,000 are kept.",
  options: {
    follow: { type: "boolean", short: "f", summary: "Go on with what happens from now on, until Ctrl-C" },
    last: { type: "integer", short: "n", value: "NUMBER", default: 20, summary: "How many of the past" },
    type: { type: "string", value: "TYPE", summary: "Only of this type" },
  },
  examples: [
    { command: "claude-ops events", summary: "The last ones" },
    { command: "claude-ops events -f --json", summary: "As they happen, one JSON object a line" },
    { command: "claude-ops events -n 1000 --type claimed", summary: "Who claimed what" },
  ],
  async run({ options: { follow, last, type } }, io) {
    const [{ openTogether }, { followEvents, lastEvents }, { eventLine }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/events.ts"),
      import("./event_text.ts"),
    ]);
    const db = openTogether(io);
    const newest = lastEvents(db, 1)[0]?.number ?? 0;
    const past = lastEvents(db, last, type);
    if (!follow) {
      return {
        data: { events: past },
        render: () => past.map((event) => eventLine(event, io)).join("\n") || "nothing has happened yet",
      };
    }
    const show = (event: (typeof past)[number]) =>
      io.json ? io.event(event) : io.stdout(`${eventLine(event, io)}\n`);
    past.forEach(show);
    for await (const event of followEvents(db, Math.max(newest, past.at(-1)?.number ?? 0), type)) show(event);
    return { data: null };
  },
});
