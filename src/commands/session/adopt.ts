import { defineCommand } from "../../cli/command.ts";
import { Exit } from "../../errors.ts";

export default defineCommand({
  name: "session adopt",
  summary: "Take over session directories that other scripts made",
  description: [
    "Shows the directories below ~/.claude/sessions that are named by a UUID and are not claude-ops' own, and asks.",
    "One that is adopted can be listed, resumed and cleaned up; of what is in it, nothing is changed.",
    "Exit status 3 where there are some and nobody can be asked.",
  ].join("\n"),
  options: {
    yes: { type: "boolean", summary: "Adopt all of them without asking" },
    link: { type: "boolean", summary: "Also link the shared skills, agents and so on that they have not" },
  },
  examples: [
    { command: "claude-ops session adopt", summary: "Look, then decide" },
    { command: "claude-ops session adopt --yes --link", summary: "From a script" },
  ],
  async run({ options: { yes, link } }, io) {
    const { adopt, linkInto, orphans } = await import("../../sessions/adopt.ts");
    const { layoutOf } = await import("../../sessions/paths.ts");
    const { renderOrphans } = await import("./adopt_table.ts");
    const { terminalPrompt } = await import("../../cli/prompt.ts");
    const layout = layoutOf(process.env);
    const found = orphans(layout);
    const prompt = terminalPrompt();
    const ask = found.length > 0 && !yes && !io.json && prompt.interactive;
    if (ask) io.stderr(renderOrphans(found, io) + "\n");
    const wanted = yes || (ask && await prompt.confirm(`Adopt ${count(found.length)}?`));
    const lacking = found.filter(({ missing }) => missing.length > 0);
    const linked = wanted && lacking.length > 0 &&
      (link || (ask && await prompt.confirm(`Link what all sessions share into ${count(lacking.length)}?`)));
    const adopted = wanted ? found.filter((orphan) => adopt(layout, orphan)) : [];
    if (linked) { for (const orphan of adopted) linkInto(layout, orphan); }
    return {
      data: { found, adopted: adopted.map(({ id, name }) => ({ id, name })), linked },
      render: () => {
        if (found.length === 0) return "nothing to adopt";
        if (wanted) return `adopted ${count(adopted.length)}: claude-ops session list --all`;
        return ask ? "nothing was changed" : `${renderOrphans(found, io)}\nadopt them with --yes`;
      },
      exit: found.length > 0 && !wanted && !ask ? Exit.findings : Exit.ok,
    };
  },
});

const count = (number: number) => `${number} ${number === 1 ? "directory" : "directories"}`;
