import type { Names } from "../cli/complete.ts";
import { commandsOf, defineCommand } from "../cli/command.ts";
import type { Io } from "../cli/io.ts";

export default defineCommand({
  name: "__complete",
  summary: "What a shell can offer for the last word",
  rest: { name: "WORDS", summary: "The words typed so far, the last one up to the cursor" },
  examples: [],
  hidden: true,
  async run({ rest }, io) {
    const [{ complete }, { table }] = await Promise.all([import("../cli/complete.ts"), import("./table.ts")]);
    const completion = await complete(table, rest, { hosts, sessions: () => sessions(io) });
    return {
      data: completion,
      render: () => {
        if ("paths" in completion) return completion.paths;
        const safe = completion.words.filter(({ value }) => !/\p{Cc}/u.test(value));
        return ["words", ...safe.map(({ value, summary }) => summary ? `${value}\t${summary}` : value)].join(
          "\n",
        );
      },
    };
  },
});

const hosts: Names["hosts"] = async () => {
  const { sshHosts } = await import("../cli/ssh_hosts.ts");
  const home = process.env.HOME ?? "";
  return sshHosts(`${home}/.ssh/config`, home);
};

/** The names that `session list` shows; none where it fails, since nobody can be told on Tab. */
async function sessions(io: Io): Promise<string[]> {
  const [{ table }, { parseWords }] = await Promise.all([import("./table.ts"), import("../cli/parse.ts")]);
  const list = commandsOf(table).find(({ name }) => name === "session list");
  if (list === undefined) return [];
  try {
    const { data } = await list.run(parseWords(list, []).input, {
      ...io,
      stdout() {},
      stderr() {},
      event() {},
    });
    return (data as { sessions: { name: string }[] }).sessions.map(({ name }) => name);
  } catch {
    return [];
  }
}
