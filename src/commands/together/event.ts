import { defineCommand } from "../../cli/command.ts";

export default defineCommand({
  name: "event",
  summary: "Write something down for all to read",
  args: [
    { name: "TYPE", summary: "One word for what it is, e.g. tests-added" },
    { name: "MESSAGE", summary: "In words" },
  ],
  options: { data: { type: "string", value: "JSON", summary: "More, for programs" } },
  examples: [{
    command: `claude-ops event tests-added "ten of them" --data '{"count": 10}'`,
    summary: "It shows in claude-ops events",
  }],
  async run({ args: [type, message], options: { data } }, io) {
    const [{ actor, jsonValue, openTogether }, { addEvent }] = await Promise.all([
      import("./together.ts"),
      import("../../coordination/events.ts"),
    ]);
    const more = data === undefined ? {} : { data: await jsonValue("--data", data) };
    const number = addEvent(openTogether(io), actor().name, { type: type!, message: message!, ...more });
    return { data: { number, type, message, ...more } };
  },
});
