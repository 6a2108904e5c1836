import { commandsOf } from "../../src/cli/command.ts";
import { table } from "../../src/commands/table.ts";
import type { Block } from "./page.ts";

/** An example of a command's help as a block of a page, with what it needs. */
interface Need {
  /** What makes the state that it speaks of. */
  before?: string;
  /** What is typed instead, where numbers are those of the moment, or it would never end. */
  as?: string;
  exit?: number;
  keys?: [string, string][];
}

const live = "CLAUDE_OPS_CLAUDE=/bin/true claude-ops session prune --keep 0; claude-session login --detach";
const id = "claude-ops queue push tests 1 >/dev/null; id=$(claude-ops queue claim tests | cut -d' ' -f1)";

const NEEDS: Record<string, Need> = {
  "claude-session login --project ~/shop": { before: "mkdir ~/shop" },
  "claude-session --resume login": { before: "claude-ops session prune --keep 0; claude-session login" },
  "claude-session --resume": { keys: [["filter", "login\r"], ["ready", "\r"]] },
  "claude-ops install root@devbox --shared ~/.claude --check": {
    before: "mkdir -p ~/.claude/skills/release; echo one >~/.claude/skills/release/SKILL.md",
    exit: 3,
  },
  "claude-ops uninstall root@devbox --purge": {
    before: "claude-ops install root@devbox --claude-version none",
    keys: [["(yes/no)", "yes\r"]],
  },
  // Nothing keeps time for a user who has no account.
  "claude-ops doctor": { exit: 3 },
  "claude-ops session list --watch": { keys: [["night", "q"]] },
  "claude-ops session attach night": { keys: [["ready", "\x11"]] },
  "claude-ops session stop login": { before: live },
  "claude-ops session stop login --force": { before: "claude-session --resume login --detach" },
  "claude-ops session restore login": {
    before:
      "rm -r ~/.claude/ops/trash ~/.claude/ops/archives; claude-session login; claude-ops session prune --keep 0",
  },
  "claude-ops session pin login": { before: "claude-ops session prune --keep 0; claude-session login" },
  "claude-ops session share login": { keys: [["(yes/no)", "yes\r"]], before: decide("copyOnSelect", "true") },
  "claude-ops session share login mcp:tracker --yes": {
    before: decide("mcpServers", '{"tracker": {"command": "npx"}}'),
  },
  "claude-ops session check": { exit: 3 },
  "claude-ops session register shop ~/shop --pid 4242 --name editor": {
    before: "sleep 600 & pid=$!",
    as: "claude-ops session register shop ~/shop --pid $pid --name editor",
  },
  "claude-ops session unregister 4242": { as: "claude-ops session unregister $pid; kill $pid" },
  'claude-ops memory save --replaces 12 "Login is done"': {
    before: 'for n in $(seq 2 13); do claude-ops memory save "memory $n"; done',
  },
  "claude-ops memory save --tag notes <notes.md": { before: "echo 'a note' >notes.md" },
  "claude-ops memory show 12": {},
  "claude-ops memory import ~/vault": { before: "mkdir ~/vault; echo '# One' >~/vault/one.md" },
  "claude-ops memory import memory.jsonl": { before: `echo '{"text": "two"}' >memory.jsonl` },
  "claude-ops lock run deploy -- ./deploy.sh": {
    before: "printf '#!/bin/sh\\n' >deploy.sh; chmod +x deploy.sh",
  },
  "claude-ops lock run end --timeout 5 -- git push": {
    before:
      "git commit -q --allow-empty -m two; git init -q --bare ~/origin; git remote add origin ~/origin; " +
      "git config push.default current",
  },
  "claude-ops lock release nightly --number 12": {
    as: "claude-ops lock release nightly --number $(claude-ops lock list --json | " +
      `python3 -c 'import json, sys; print([l["number"] for l in json.load(sys.stdin)["locks"] if l["name"] == "nightly"][0])')`,
  },
  "claude-ops state get project:shop plan": { before: "claude-ops state set project:shop plan '[]'" },
  [`claude-ops state set issue:15 status '"done"' --if-value '"open"'`]: {
    before: `claude-ops state set issue:15 status '"open"'`,
  },
  "claude-ops state delete issue:15": { before: "claude-ops state set issue:15 status 1" },
  "claude-ops state watch project:shop": endless("claude-ops state watch project:shop"),
  [`claude-ops state watch release tests --until '"passed"' --timeout 600`]: {
    before: `claude-ops state set release tests '"passed"'`,
  },
  "claude-ops queue claim tests --wait 60": { before: "claude-ops queue push tests 1" },
  "claude-ops queue complete 12": { before: id, as: "claude-ops queue complete $id" },
  'claude-ops queue fail 12 --reason "the disk is full"': {
    before: id,
    as: 'claude-ops queue fail $id --reason "the disk is full"',
  },
  "claude-ops queue fail 12 --no-retry": { before: id, as: "claude-ops queue fail $id --no-retry" },
  "claude-ops queue retry 12": { as: "claude-ops queue retry $id" },
  "claude-ops guard release src/app.ts": { before: `mkdir -p src; ${edit("src/app.ts")}` },
  "claude-ops guard release --all": { as: "CLAUDE_CONFIG_DIR=${c%/*} claude-ops guard release --all" },
  "claude-ops events -f --json": endless("claude-ops events -f --json"),
  "claude-ops update --check": { exit: 3 },
  "claude-ops update --rollback": { before: "claude-ops update --to 2.1.330" },
  "claude-ops schedule run": endless("claude-ops schedule run", 0),
  "claude-ops schedule run --json": endless("claude-ops schedule run --json", 0),
  "claude-ops log -f root@one root@two": endless("claude-ops log -f root@one root@two"),
  "claude-ops config check new.toml": { before: "echo '[log]' >new.toml" },
  "claude-ops completions bash > ~/.local/share/bash-completion/completions/claude-ops": {
    before: "mkdir -p ~/.local/share/bash-completion/completions",
  },
  'claude-ops completions zsh > "${fpath[1]}/_claude-ops"': { before: 'fpath=(x "$HOME")' },
  "claude-ops completions fish > ~/.config/fish/completions/claude-ops.fish": {
    before: "mkdir -p ~/.config/fish/completions",
  },
};

/** It would go on without end: it is ended once it has said something. */
function endless(command: string, exit = 143): Need {
  const said = "for i in $(seq 400); do [ -s said ] && break; sleep 0.1; done";
  return { as: `${command} >said 2>&1 & p=$!; ${said}; kill $p; wait $p`, exit };
}

/** The hook of the session night before an edit of this file. */
function edit(file: string): string {
  const told = `{"cwd": "/", "tool_name": "Edit", "tool_input": {"file_path": "'$PWD'/${file}"}}`;
  return `c=$(grep -l '"night"' ~/.claude/sessions/*/session.json | tail -n 1); ` +
    `echo '${told}' | CLAUDE_CONFIG_DIR=\${c%/*} claude-ops hook PreToolUse`;
}

/** What somebody has decided in the session login. */
function decide(key: string, value: string): string {
  const file = `"\${c%session.json}.claude.json"`;
  return `c=$(grep -l '"login"' ~/.claude/sessions/*/session.json); echo '{"${key}": ${value}}' >${file}`;
}

/** The examples of these commands, each as a block that is typed there. */
export function examplesOf(typed: string, chosen: (example: string, command: string) => boolean): Block[] {
  const needs = (example: string): Need => NEEDS[example] ?? {};
  return commandsOf(table).filter(({ hidden }) => !hidden).flatMap(({ name, examples }) =>
    examples.filter(({ command }) => chosen(command, name)).map(({ command }) => {
      const { before, as = command, exit, keys } = needs(command);
      return {
        ...{ page: "docs/commands.md", line: 0, language: "sh", text: command, typed, notRun: [] },
        steps: [{ line: 0, prompt: "", command: as }],
        before: before === undefined ? [] : [before],
        exits: new Map(exit === undefined ? [] : [[as, exit]]),
        keys: new Map(keys === undefined ? [] : [[as, keys]]),
      };
    })
  );
}
