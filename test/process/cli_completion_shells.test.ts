import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { scratchForAll } from "../unit/scratch.ts";

// The real shells, typed into on a real terminal (tmux).
const shells = {
  bash: {
    argv: ["bash", "--norc", "--noprofile", "-i"],
    load: 'PS1="> "; source <(claude-ops completions bash)',
  },
  zsh: {
    argv: ["zsh", "-f", "-i"],
    load: 'PS1="> "; autoload -U compinit; compinit -D; source <(claude-ops completions zsh)',
  },
  fish: {
    argv: ["fish", "--no-config", "-i"],
    load: 'function fish_prompt; echo -n "> "; end; claude-ops completions fish | source',
  },
};
const present = (program: string) => {
  try {
    return execFileSync("/bin/sh", ["-c", 'command -v "$0"', program]).length > 0;
  } catch {
    return false;
  }
};

const dir = scratchForAll();
beforeAll(() => {
  for (const part of ["bin", "work/subdir", "work/my dir", "home/.ssh/more"]) {
    mkdirSync(join(dir, part), { recursive: true });
  }
  writeFileSync(join(dir, "work/some.toml"), "");
  writeFileSync(join(dir, "home/.ssh/config"), "Host devbox *.wild\n  User me\nInclude more/*\n");
  writeFileSync(join(dir, "home/.ssh/more/one"), 'Host = staging.example "lone"\n');
  const runtime = "deno" in process.versions ? [process.execPath, "run", "-A"] : [process.execPath];
  const program = join(dir, "bin/claude-ops");
  writeFileSync(program, `#!/bin/sh\nexec ${[...runtime, resolve("src/main.ts")].join(" ")} "$@"\n`);
  chmodSync(program, 0o755);
});

for (const [name, { argv, load }] of Object.entries(shells)) {
  describe.skipIf(!present(name) || !present("tmux"))(name, () => {
    test(
      "completes commands, options, choices, files, directories and hosts",
      { timeout: 60_000 },
      async () => {
        const socket = join(dir, `${name}.tmux`);
        const tmux = (...args: string[]) =>
          execFileSync("tmux", ["-S", socket, "-f", "/dev/null", ...args], { encoding: "utf8" });
        const screen = () => tmux("capture-pane", "-p").trimEnd();
        const until = async (wanted: RegExp) => {
          let seen = screen();
          for (let i = 0; i < 150 && !wanted.test(seen); i++) {
            await sleep(50);
            seen = screen();
          }
          expect(seen).toMatch(wanted);
        };
        const typed = async (line: string, wanted: RegExp, tabs = 1) => {
          tmux("send-keys", "C-u", "C-l");
          await until(/^> *$/);
          tmux("send-keys", "-l", line);
          for (let i = 0; i < tabs; i++) tmux("send-keys", "Tab");
          await until(wanted);
        };
        const env = [
          `PATH=${join(dir, "bin")}:/usr/bin:/bin`,
          `HOME=${join(dir, "home")}`,
          "TERM=screen",
          "LANG=C.UTF-8",
        ];
        tmux(
          "new-session",
          "-d",
          "-x",
          "100",
          "-y",
          "24",
          "-c",
          join(dir, "work"),
          "env",
          "-i",
          ...env,
          ...argv,
        );
        try {
          tmux("send-keys", "-l", `${load}; clear; echo rea''dy`);
          tmux("send-keys", "Enter");
          await until(/^ready/m);
          await typed("claude-ops conf", /claude-ops config/);
          await typed("claude-ops config ", /check[^]*show|show[^]*check/, 2);
          await typed("claude-ops config show --sy", /config show --system/);
          await typed("claude-ops completions z", /completions zsh/);
          await typed("claude-ops config check so", /check some\.toml/);
          await typed("claude-ops session start --project my", /--project my\\ dir/);
          await typed("claude-ops session start --project=sub", /--project=subdir/);
          await typed("claude-session --proj", /claude-session --project/);
          await typed("claude-ops doctor dev", /doctor devbox/);
          await typed("claude-ops doctor root@stag", /doctor root@staging\.example/);
        } finally {
          tmux("kill-server");
        }
      },
    );
  });
}
