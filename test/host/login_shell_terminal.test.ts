import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LoginHost, run } from "./login_host.ts";
import { scratchForAll } from "../unit/scratch.ts";

const scratch = scratchForAll();
let there: LoginHost;

beforeAll(async () => void (there = await LoginHost.start()));
afterAll(() => there.stop());

describe("a login at a terminal", () => {
  let servers = 0;
  const tmux = (...words: string[]) =>
    execFileSync("tmux", ["-S", join(scratch, `tmux${servers}`), "-f", "/dev/null", ...words], {
      encoding: "utf8",
    });
  const screen = () => tmux("capture-pane", "-p");
  const line = (text: string) => {
    if (text) tmux("send-keys", "-l", text);
    tmux("send-keys", "Enter");
  };
  async function see(what: string | RegExp): Promise<string> {
    for (let attempt = 0; attempt < 150; attempt++) {
      const text = screen();
      if (typeof what === "string" ? text.includes(what) : what.test(text)) return text;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${what} never seen in\n${screen()}`);
  }
  function open(...words: string[]): void {
    servers++;
    const login = [...there.ssh("dev", "-t"), ...words].map((word) => `'${word}'`).join(" ");
    tmux(
      "new-session",
      "-d",
      "-x",
      "80",
      "-y",
      "24",
      `TERM=xterm-256color ${login}; echo "left with $?"; sleep 600`,
    );
    tmux("set-option", "-g", "status", "off");
  }
  const close = () => tmux("kill-server");

  test("shows who is active and what waits; Claude starts and ends, and the menu is there again", async () => {
    // One conversation to go on with, one live session, and one that is both.
    await there.command("dev", "mkdir -p shop; .claude/bin/claude-session pear --project shop -- -p hi");
    await there.command(
      "dev",
      "printf '#!/bin/sh\\nexec sleep 300\\n' >standin; chmod +x standin; " +
        "CLAUDE_OPS_CLAUDE=$PWD/standin setsid .claude/bin/claude-session apple --project shop </dev/null >/dev/null 2>&1 &" +
        "mkdir -p site; CLAUDE_OPS_CLAUDE=$PWD/standin .claude/bin/claude-session plum --project site --detach",
    );
    open();
    const greeting = await see(/^>$/m);
    expect(greeting).toMatch(/Claude Code 2\.1\.329: 2 sessions are active, 2 to go on with/);
    expect(greeting).toMatch(/\d {2}plum +~\/site +live \(detached\)/);
    expect(greeting).toMatch(/ {3}apple +~\/shop +live/);
    expect(greeting).toMatch(/\d {2}pear +~\/shop +ended/);
    expect(greeting.trim().split("\n").every((row) => row.length <= 80)).toBe(true);

    line("/no/such/place");
    await see("Not a number, s, or a directory that is there: /no/such/place");
    line("7");
    await see("There is no number 7 here.");
    tmux("send-keys", "C-c");
    await see(/\^C\n>$/m);
    line("~/shop");
    // Another session is there, so the start asks first.
    await see("Which one? [s/c]");
    line("s");
    await see("Accessing workspace");
    // The dialog takes no keys in its first moments.
    for (let attempt = 0; attempt < 20 && !screen().includes("Run claude again"); attempt++) {
      tmux("send-keys", "Escape");
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    await see(/Run claude again[^]*2 sessions are active[^]*^>/m);
    tmux("send-keys", "C-u"); // an Escape too many
    line("s");
    await see("dev@");
    line("echo $0 $SHELL; grep SigIgn /proc/self/status");
    expect(await see(/^SigIgn:/m)).toMatch(/\/bin\/bash \/bin\/bash[^]*SigIgn:\s0{16}/);
    line("exit 6");
    await see("left with 6");
    close();
  });

  test("a session that is killed leaves a terminal in order and the menu, and Ctrl-D logs out", async () => {
    open();
    await see(/^>$/m);
    line("~/shop");
    // Another session is there, so the start asks first.
    await see("Which one? [s/c]");
    line("s");
    await see("Accessing workspace");
    await there.host.sh("pkill -KILL -u dev -x claude");
    const after = await see(/ended by a signal, status 137[^]*^>$/m);
    expect(after).toContain("Enter new session in ~");
    line("typed"); // is echoed again
    await see("> typed");
    tmux("send-keys", "C-d");
    await see("left with 0");
    close();
  });

  test("a session that stops itself, as Ctrl-Z in Claude Code does, gives the terminal back and goes on", async () => {
    await there.host.sh("cat >/var/tmp/stops; chmod 755 /var/tmp/stops", {
      input: "#!/bin/sh\nstty -echo raw\nkill -STOP 0\nstty sane; echo went on; exit 0\n",
    });
    open("CLAUDE_OPS_CLAUDE=/var/tmp/stops exec claude-shell -l");
    await see(/^>$/m);
    line("");
    await see("The session is stopped: Enter goes on");
    line("s");
    await see("dev@");
    line("exit");
    await see(/logout[^]*The session is stopped/);
    line("");
    await see(/went on[^]*^>$/m);
    line("q");
    await see("left with 0");
    close();
  });

  test("`ssh -t host shell` is a plain shell, and so is a new window of tmux inside", async () => {
    open("shell");
    await see("dev@");
    line("unset SHELL; tmux new-session");
    await see(/\[0\] 0:/);
    line("echo in $0; shopt login_shell");
    expect(await see(/login_shell\s+o(n|ff)/)).toContain("in -bash");
    line("tmux kill-server");
    close();
  });

  test("a dumb terminal gets a plain shell", async () => {
    const { stdout } = await run(there.ssh("dev", "-tt"), {
      input: "echo it-$((6*7)); exit\n",
      env: { TERM: "dumb" },
    });
    expect(stdout.toString())
      .toMatch(/a plain shell, because Claude needs another terminal than TERM=dumb[^]*it-42/);
  });
});
