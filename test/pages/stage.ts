import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { binary } from "../process/live_session.ts";
import { SessionHost } from "../unit/session_host.ts";
import { Shell } from "./shell.ts";

/** Where a page's commands are run: a shell for each prompt. */
export interface World {
  /** The prompt of the shell that is meant without one, by what a page says of where it is typed. */
  readonly prompts: Record<string, string>;
  /** What paths of the page are here, by what stands on the page. */
  readonly places: Record<string, string>;
  shell(prompt: string): Shell;
}

// It has said something, stays where there is a terminal, and else is a shell: Claude Code runs commands below itself.
const STANDIN =
  `cd "$CLAUDE_CONFIG_DIR" && mkdir -p projects/-shop && echo '{}' >projects/-shop/"\${CLAUDE_CONFIG_DIR##*/}".jsonl
cd "$OLDPWD"
[ ! -t 0 ] || exec bash -c 'trap "exit 0" INT; echo ready; read -r line'
exec bash --noprofile --norc 2>&1`;

/** A home with sessions in one project, beside which somebody works in a plain shell. */
export class Stage implements World {
  readonly host = new SessionHost(STANDIN);
  readonly places = { "/home/ann/shop": this.host.work, "/home/ann": this.host.home };
  readonly prompts = { "in a home": "" };
  readonly #shells = new Map<string, Shell>();

  /** @param uid whom the plain shell belongs to, with the whole home by then; needs root */
  constructor(readonly uid?: number) {
    const bin = join(this.host.home, "bin");
    mkdirSync(bin);
    for (const name of ["claude-ops", "claude-session"]) symlinkSync(binary, join(bin, name));
    this.host.env.PATH = `${bin}:${this.host.env.PATH}`;
    writeFileSync(join(this.host.home, ".gitconfig"), "[user]\nname = Ann\nemail = ann@example.net\n");
    this.host.env.TMUX_TMPDIR = this.host.home;
    onTestFinished(() => void this.shell("").run("tmux -L claude-ops kill-server"));
  }

  #as(): string[] {
    if (this.uid === undefined) return [];
    execFileSync("chown", ["-hR", `${this.uid}:${this.uid}`, this.host.home]);
    return ["setpriv", `--reuid=${this.uid}`, `--regid=${this.uid}`, "--clear-groups"];
  }

  /** That of the session of this name; without one a plain shell beside the sessions. */
  shell(session: string): Shell {
    const { host } = this;
    const argv = session === ""
      ? [...this.#as(), "bash", "--noprofile", "--norc"]
      : [binary, "session", "start", session, "--force"];
    const shell = this.#shells.get(session) ?? new Shell(argv, host.env, host.work);
    if (!this.#shells.has(session)) onTestFinished(() => shell.end());
    this.#shells.set(session, shell);
    return shell;
  }
}
