import { setTimeout as sleep } from "node:timers/promises";
import type { Model } from "./model.ts";
import type { Place } from "./place.ts";
import { chapter, print, prompt, verify } from "./screen.ts";
import { LOGIN, SKILL } from "./shared.ts";

const FACTS = { billing: "invoices round up.", website: "the logo is blue." } as const;
const NAMES = ["billing", "website"] as const;
type Name = typeof NAMES[number];
interface Listed {
  id: string;
  name: Name;
  live: boolean;
  pid: number;
}

/** Starts two sessions that both wait for the model, and looks at them meanwhile. Returns their ids. */
export async function sideBySide({ shell, there, look }: Place, model: Model): Promise<Record<Name, string>> {
  chapter("Two sessions at the same time");
  await shell.tell(there(`mkdir ${NAMES.join(" ")}`));
  model.hold();
  const both = NAMES.map((name) =>
    shell.background(
      there(`cd ${name}\nclaude-session ${name} -- -p 'Remember: ${FACTS[name]}'`),
    )
  );
  const asked = () => NAMES.every((name) => model.asked(`Remember: ${FACTS[name]}`).length > 0);
  const ended = Promise.all(both).then(() => true);
  while (!asked() && !await Promise.race([ended, sleep(50)]));
  await shell.tell(there("claude-ops session list"));
  const listed = await shell.ask(there("claude-ops session list --json"));
  const { sessions } = JSON.parse(listed.output) as { sessions: Listed[] };
  const live = sessions.filter(({ live }) => live);
  verify("both are live", live.map(({ name }) => name).sort(), [...NAMES]);
  const programs = await Promise.all(live.map(({ pid }) => look(["readlink", `/proc/${pid}/exe`])));
  verify(
    "each process is Claude Code itself: the launcher is gone",
    programs.join(""),
    /^(\/\S*\/versions\/[\d.]+\/claude\n){2}$/,
  );
  model.release();
  prompt("wait");
  const said = await Promise.all(both);
  print(said.map(({ output }) => output).join(""));
  verify(
    "both got their answer",
    said,
    NAMES.map((name) => ({ status: 0, output: `Noted: ${FACTS[name]}\n` })),
  );
  return Object.fromEntries(live.map(({ name, id }) => [name, id])) as Record<Name, string>;
}

/** What is a session's own. */
export async function apart({ shell, there, look, home }: Place, ids: Record<Name, string>): Promise<void> {
  chapter("Apart: history and settings");
  for (const name of NAMES) {
    const ran = await shell.tell(
      there(`claude-session --resume ${name} -- -p 'What do you know?'`),
    );
    verify(`${name} remembers its own conversation only`, ran, {
      status: 0,
      output: `I know: ${FACTS[name]}\n`,
    });
  }
  for (const [own, other] of [NAMES, NAMES.toReversed()] as [Name, Name][]) {
    const directory = `${home}/.claude/sessions/${ids[own]}`;
    const transcripts = (await look(["find", directory, "-name", "*.jsonl"])).trim().split("\n");
    const texts = await look(["cat", ...transcripts]);
    const found = [transcripts.length, texts.includes(FACTS[own]), texts.includes(FACTS[other])];
    verify(`${own} has one transcript, and it is its own`, found, [1, true, false]);
  }
  await shell.tell(there(within(ids.billing, "claude mcp add -s user tickets -- true >/dev/null")));
  const unknown = await shell.tell(there(within(ids.website, "claude mcp list")));
  verify("a server that billing added is unknown in website", unknown.output, /^No MCP servers configured/);
  const settings = JSON.parse(await look(["cat", `${home}/.claude/sessions/${ids.billing}/.claude.json`]));
  verify("billing has it", Object.keys(settings.mcpServers ?? {}), ["tickets"]);
  const strays = await look([
    "find",
    home,
    "-maxdepth",
    "2",
    "(",
    "-name",
    ".claude.json",
    "-o",
    "-name",
    "*.jsonl",
    "-o",
    "-name",
    "projects",
    ")",
  ]);
  verify("nothing of theirs went to ~/.claude.json or ~/.claude", strays, "");
}

/** What is the user's, and so every session's. */
export async function inCommon({ shell, there }: Place, model: Model): Promise<void> {
  chapter("Shared: skill and login");
  const { output } = await shell.tell(there("find .claude -path '*/changelog/*' -o -name .credentials.json"));
  verify(
    "there is one of each, and no copy in a session's directory",
    output.trim().split("\n").map((path) => path.replace(/^.*\.claude\//, "")).sort(),
    [".credentials.json", "skills/changelog/SKILL.md"],
  );
  for (const name of NAMES) {
    const requests = model.asked(`Remember: ${FACTS[name]}`);
    const logins = [...new Set(requests.map(({ login }) => login))];
    const found = [requests.some(({ text }) => text.includes(SKILL)), ...logins];
    verify(`${name} offered the skill to the model, with the one login`, found, [true, `Bearer ${LOGIN}`]);
  }
}

/** A command that runs in a session's own configuration directory. */
function within(id: string, command: string): string {
  return `cd .claude/sessions/${id}\nCLAUDE_CONFIG_DIR=$PWD ${command}`;
}
