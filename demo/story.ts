import { setTimeout as sleep } from "node:timers/promises";
import type { Model } from "./model.ts";
import type { Place } from "./place.ts";
import { chapter, print, prompt, remark, verify } from "./screen.ts";
import { LOGIN, SKILL, writeShared } from "./shared.ts";

const FACTS = { billing: "invoices round up.", website: "the logo is blue." } as const;
const NAMES = ["billing", "website"] as const;
type Name = typeof NAMES[number];
interface Listed {
  id: string;
  name: Name;
  state: string;
  pid: number;
}

/** The whole job from a fresh place on, each step shown and each claim checked. */
export async function tellStory(place: Place, model: Model): Promise<void> {
  await fresh(place);
  await install(place);
  await share(place, model);
  const ids = await sideBySide(place, model);
  await apart(place, ids);
  await inCommon(place, model);
  await lookedAfter(place);
  chapter("Nothing is left behind");
}

async function fresh({ kind, shell, look }: Place): Promise<void> {
  if (kind === "sandbox") {
    chapter("An empty home");
    verify("nothing is in it yet", (await shell.tell("ls -A ~")).output, "");
    return;
  }
  chapter("A fresh host");
  const found = "hostnamectl | grep -E 'Virtual|System'; command -v claude || echo no claude";
  const { output } = await shell.tell(`ssh root@devbox \\\n  "${found}"`);
  verify("Debian 12, and no Claude Code", output, /lxc\n.*Debian GNU\/Linux 12 .*\nno claude\n$/);
  verify("it has no way out: no route to any registry", await look(["ip", "route", "show", "default"]), "");
}

async function install({ kind, shell, target, there }: Place): Promise<void> {
  chapter(kind === "host" ? "Set up over SSH, with one command" : "Set up with one command, without root");
  const status = await shell.show(`claude-ops install${target}`);
  verify("install succeeded", status, 0);
  const version = await shell.tell(there("claude --version"));
  const claim = kind === "host"
    ? "Claude Code runs there; it came through the SSH connection"
    : "Claude Code runs";
  verify(claim, version.output, /^\d+\.\d+\.\d+ \(Claude Code\)\n$/);
}

async function share({ shell, share }: Place, model: Model): Promise<void> {
  chapter("What all sessions share: a skill, settings, a login");
  remark("The login is made up, and the model is played by this machine.");
  writeShared(shell.directory, model.api.url);
  await shell.tell("find shared -type f");
  verify("they are where all sessions find them", (await shell.tell(share)).status, 0);
}

async function sideBySide({ shell, there, look }: Place, model: Model): Promise<Record<Name, string>> {
  chapter("Two sessions at the same time");
  model.hold();
  const both = NAMES.map((name) =>
    shell.background(there(`.claude/bin/claude-session ${name} -- -p 'Remember: ${FACTS[name]}'`))
  );
  const asked = () => NAMES.every((name) => model.asked(`Remember: ${FACTS[name]}`).length > 0);
  const ended = Promise.all(both).then(() => true);
  while (!asked() && !await Promise.race([ended, sleep(50)]));
  await shell.tell(there("claude-ops session list"));
  const listed = await shell.ask(there("claude-ops session list --json"));
  const { sessions } = JSON.parse(listed.output) as { sessions: Listed[] };
  const live = sessions.filter(({ state }) => state === "live");
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

async function apart({ shell, there, look, home }: Place, ids: Record<Name, string>): Promise<void> {
  chapter("Apart: history and settings");
  for (const name of NAMES) {
    const ran = await shell.tell(
      there(`.claude/bin/claude-session --resume ${name} -- -p 'What do you know?'`),
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

async function inCommon({ shell, there }: Place, model: Model): Promise<void> {
  chapter("Shared: skill and login");
  const { output } = await shell.tell(there("find .claude -name SKILL.md -o -name .credentials.json"));
  verify(
    "there is one of each, and no copy in a session's directory",
    output.trim().split("\n").map((path) => path.replace(/^.*\.claude\//, "")).sort(),
    [".credentials.json", "skills/changelog/SKILL.md"],
  );
  for (const name of NAMES) {
    const requests = model.asked(`Remember: ${FACTS[name]}`);
    verify(
      `${name} offered the skill to the model, with the one login`,
      requests.map(({ text, login }) => [text.includes(SKILL), login]),
      requests.map(() => [true, `Bearer ${LOGIN}`]),
    );
  }
}

async function lookedAfter({ kind, shell, target }: Place): Promise<void> {
  chapter("Looked after");
  const status = await shell.show(`claude-ops doctor${target}`);
  const { findings } = JSON.parse((await shell.ask(`claude-ops doctor${target} --json`)).output) as {
    findings: { id: string; status: string }[];
  };
  if (kind === "host") {
    verify("what doctor says is true: this host reaches no registry", [
      status,
      ...findings.map(({ id }) => id),
    ], [3, "registry"]);
  } else {verify(
      "nothing is broken",
      findings.filter(({ status }) => status === "broken").map(({ id }) => id),
      [],
    );}
  await shell.show(`claude-ops install${target}`);
  const again = (await shell.ask(`claude-ops install${target} --json`)).output.trim().split("\n").at(-1)!;
  const { changed, sentBytes, ok } = JSON.parse(again);
  verify("installing once more changes nothing and sends nothing", { ok, changed, sentBytes }, {
    ok: true,
    changed: 0,
    sentBytes: 0,
  });
}

/** A command that runs in a session's own configuration directory. */
function within(id: string, command: string): string {
  return `cd .claude/sessions/${id}\nCLAUDE_CONFIG_DIR=$PWD ${command}`;
}
