import { execFileSync, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { script } from "../../src/shell/menu.ts";
import { LoginHost, run } from "./login_host.ts";
import { ask } from "./managed_host.ts";
import { Operator } from "./ops.ts";

const scratch = mkdtempSync(join(tmpdir(), "login-shell-"));
let operator: Operator;
let there: LoginHost;

beforeAll(async () => {
  operator = new Operator();
  there = await LoginHost.start(operator);
});
afterAll(async () => {
  operator.remove();
  rmSync(scratch, { recursive: true, force: true });
  await there.host.down();
});

/** What a process can find out about how it was started. */
const FACTS = [
  "cat /proc/self/limits",
  "grep -E '^(Sig[BIC]|Shd|NoNewPrivs|Seccomp:|Cap|THP)' /proc/self/status",
  "cat /proc/self/oom_score_adj /proc/self/timerslack_ns",
  "nice; umask; pwd; echo $0 $- $#; shopt login_shell",
  "for fd in /proc/self/fd/*; do readlink $fd | sed 's/[0-9]*//g'; done",
  "tr '\\0' '\\n' </proc/$$/environ | grep -v '^_=' | sort",
].join("; ");

const neutral = (text: string) =>
  text.replaceAll(/\b(dev|ref)\b/g, "USER").replaceAll(/\b100\d\b/g, "UID").replaceAll(/ \d{5} /g, " PORT ")
    .replaceAll(/(session|c)\d+\b/g, "$1N").replaceAll(/^XDG_SESSION_ID=.*$/gm, "");

describe("a command goes through untouched", () => {
  test("it finds what it would find behind bash: limits, signals, files, environment, name", async () => {
    const [ours, theirs] = await Promise.all(
      ["dev", "ref"].map(async (user) => neutral((await there.command(user, FACTS)).stdout.toString())),
    );
    expect(theirs).toContain("SHELL=/bin/bash");
    expect(ours).toBe(theirs);
  });

  test.each([
    ["su -", ["su", "-", "USER", "-c", FACTS]],
    ["su", ["su", "USER", "-c", FACTS]],
    ["sudo -i", ["sudo", "-i", "-u", "USER", "nice"]],
    ["runuser -l", ["runuser", "-l", "USER", "-c", FACTS]],
    ["su - with a script on stdin", ["sh", "-c", "echo 'echo $0 $-; id -un' | su - USER"]],
    ["sudo -i with a script on stdin", ["sh", "-c", "echo 'echo $0 $-; id -un' | sudo -i -u USER"]],
  ])("also through %s", async (_, words) => {
    const [ours, theirs] = await Promise.all(
      ["dev", "ref"].map(async (user) =>
        neutral(await there.host.exec(words.map((word) => word.replaceAll("USER", user))))
      ),
    );
    expect(ours!.length).toBeGreaterThan(1);
    expect(ours).toBe(theirs);
  });

  test("bytes that are no UTF-8, quotes and newlines in a command, and a file opened by the caller", async () => {
    const said = await there.host.exec([
      "bash",
      "-c",
      String.raw`su dev -c $'printf "%s|" "a\xffb" "c  \'d\'" "e\nf"; cat <&7' 7</etc/hostname | od -An -c`,
    ]);
    expect(said.replaceAll(/\s+/g, " ")).toContain(String.raw`a 377 b | c ' d ' | e \n f | h o s t`
      .replace("c '", "c ' "));
  });

  test("exit statuses, deaths by signal and broken pipes are the command's own", async () => {
    for (
      const command of [
        "exit 7",
        "true",
        "no-such-command",
        "kill -TERM $$",
        "kill -KILL $$",
        "kill -SEGV $$",
      ]
    ) {
      const [ours, theirs] = await Promise.all(["dev", "ref"].map((user) => there.command(user, command)));
      expect([ours!.status, ours!.stderr], command).toEqual([theirs!.status, theirs!.stderr]);
    }
    expect(await there.command("dev", "yes | head -n 1")).toMatchObject({ status: 0, stderr: "" });
  });

  test("50 MB come back as they went, byte for byte", async () => {
    const bytes = randomBytes(50 << 20);
    const back = await there.command("dev", "cat", bytes);
    expect(back).toMatchObject({ status: 0, stderr: "" });
    expect(createHash("sha256").update(back.stdout).digest("hex"))
      .toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  test("ssh -t gives a command its terminal, ssh without a command reads a script", async () => {
    const terminal = await run([...there.ssh("dev", "-tt"), "tty; test -t 1 && echo terminal; exit 3"]);
    expect(terminal.stdout.toString()).toMatch(/\/dev\/pts\/\d+\s+terminal/);
    expect(terminal.status).toBe(3);
    const script = await run(there.ssh("dev", "-T"), { input: "echo one; echo $0\nexit 5\n" });
    expect([script.status, script.stdout.toString()]).toEqual([5, "one\n-bash\n"]);
  });
});

describe("programs that come over ssh", () => {
  const local = join(scratch, "local");
  const bytes = randomBytes(300_000);
  const fetched = (name: string) => readFileSync(join(scratch, name)).equals(bytes);
  beforeAll(() => writeFileSync(local, bytes));
  const options = () => ["-F", there.config, "-o", "BatchMode=yes"];
  const remote = (path: string) => `dev@${there.name}:${path}`;

  test.each([["scp over sftp", []], ["scp over the old protocol", ["-O"]]])("%s", async (_, how) => {
    expect(await run(["scp", "-q", ...how, ...options(), local, remote("by scp")])).toMatchObject({
      status: 0,
    });
    expect(
      await run([
        "scp",
        "-q",
        ...how,
        ...options(),
        remote(how[0] ? "'by scp'" : "by scp"),
        `${scratch}/scp`,
      ]),
    )
      .toMatchObject({ status: 0, stderr: "" });
    expect(fetched("scp")).toBe(true);
  });

  test("sftp", async () => {
    const batch = `put ${local} by-sftp\nget by-sftp ${scratch}/sftp\n`;
    expect(await run(["sftp", "-q", ...options(), "-b", "-", `dev@${there.name}`], { input: batch }))
      .toMatchObject({ status: 0 });
    expect(fetched("sftp")).toBe(true);
  });

  test("rsync, there and back", async () => {
    const shell = ["-e", ["ssh", ...options()].join(" ")];
    expect(await run(["rsync", "-a", ...shell, local, remote("by-rsync/")])).toMatchObject({ status: 0 });
    expect(await run(["rsync", "-a", ...shell, remote("by-rsync/local"), `${scratch}/rsync`]))
      .toMatchObject({ status: 0, stderr: "" });
    expect(fetched("rsync")).toBe(true);
  });

  test("git clone and push", async () => {
    await there.command("dev", "git init -q --bare repo.git");
    const work = join(scratch, "work");
    const git = (...words: string[]) =>
      run(["git", ...words], { env: { GIT_SSH_COMMAND: ["ssh", ...options()].join(" "), HOME: scratch } });
    expect(await git("clone", "-q", remote("repo.git"), work)).toMatchObject({ status: 0 });
    writeFileSync(join(work, "file"), "text");
    const author = ["-c", "user.name=t", "-c", "user.email=t@localhost"];
    await git("-C", work, "add", "file");
    expect(await git("-C", work, ...author, "commit", "-qm", "one")).toMatchObject({ status: 0 });
    expect(await git("-C", work, "push", "-q", "origin", "HEAD:main")).toMatchObject({ status: 0 });
    expect((await there.command("dev", "git -C repo.git show main:file")).stdout.toString()).toBe("text");
  });

  const noAnsible = spawnSync("ansible", ["--version"]).status === 0
    ? ""
    : " (skipped: ansible-core is not to be had)";
  test.skipIf(noAnsible)(`Ansible: modules, files and facts${noAnsible}`, async () => {
    const inventory = join(scratch, "inventory");
    writeFileSync(
      inventory,
      `${there.name} ansible_user=dev ansible_ssh_common_args="${
        options().join(" ")
      }" ansible_python_interpreter=/usr/bin/python3\n`,
    );
    await there.host.exec(["sh", "-c", "command -v python3 || ln -s /bin/true /dev/null"]).catch(() => "");
    const ansible = (...words: string[]) =>
      run(["ansible", "all", "-i", inventory, ...words], {
        env: { HOME: scratch, ANSIBLE_NOCOLOR: "1", LANG: "C.UTF-8" },
      });
    const raw = await ansible("-m", "raw", "-a", "echo $0 $((6*7)); id -un");
    expect(raw.stdout.toString()).toMatch(/CHANGED \| rc=0[^]*bash 42\s+dev/);
    const pipelined = await run(["ansible", "all", "-i", inventory, "-m", "raw", "-a", "exit 4"], {
      env: { HOME: scratch },
    });
    expect(pipelined.stdout.toString()).toContain("rc=4");
  });

  test("a cron job of that user, whose crontab names the login shell", async () => {
    const crontab =
      'SHELL=/usr/local/bin/claude-shell\n* * * * * echo "$0 $SHELL" >>cron.out; ulimit -n >>cron.out\n';
    await there.host.exec(["crontab", "-u", "dev", "-"], { input: crontab });
    let said = "";
    for (let waited = 0; waited < 80 && !/\n.*\n/.test(said); waited++) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      said = (await there.command("dev", "cat cron.out 2>/dev/null")).stdout.toString();
    }
    await there.host.exec(["crontab", "-u", "dev", "-r"]);
    expect(said).toMatch(/^bash \/bin\/bash\n1024\n/);
  }, 100_000);
});

describe("a login at a terminal", () => {
  const socket = join(scratch, "tmux");
  const tmux = (...words: string[]) =>
    execFileSync("tmux", ["-S", socket, "-f", "/dev/null", ...words], { encoding: "utf8" });
  const screen = () => tmux("capture-pane", "-p");
  const type = (text: string) => tmux("send-keys", ...(text ? ["-l", text] : []), ...(text ? [] : ["Enter"]));
  const line = (text: string) => {
    if (text) type(text);
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
  async function open(...words: string[]): Promise<void> {
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

  test("shows who is active and what waits; Claude starts, stops, goes on and ends, and the menu is there again", async () => {
    // One conversation to go on with, and one live session.
    await there.command("dev", "mkdir -p shop; .claude/bin/claude-session pear --project shop -- -p hi");
    await there.command(
      "dev",
      "printf '#!/bin/sh\\nexec sleep 300\\n' >standin; chmod +x standin; " +
        "CLAUDE_OPS_CLAUDE=$PWD/standin setsid .claude/bin/claude-session apple --project shop </dev/null >/dev/null 2>&1 &",
    );
    await open();
    const greeting = await see("> ");
    expect(greeting).toMatch(/Claude Code 2\.1\.329: 1 session is active, 1 to go on with/);
    expect(greeting).toMatch(/ {3}apple +~\/shop +live/);
    expect(greeting).toMatch(/1 {2}pear +~\/shop +ended/);
    expect(greeting.trim().split("\n").every((row) => row.length <= 80)).toBe(true);

    line("/no/such/place");
    await see("Not a number, s, or a directory that is there: /no/such/place");
    line("7");
    await see("There is no number 7 here.");
    tmux("send-keys", "C-c");
    line("~/shop");
    await see("Accessing workspace");
    tmux("send-keys", "Escape");
    await see(/Accessing workspace[^]*1 session is active/);
    line("s");
    await see("dev@");
    line("echo $0 $SHELL; grep SigIgn /proc/self/status");
    expect(await see("SigIgn")).toMatch(/\/bin\/bash \/bin\/bash[^]*SigIgn:\s0{16}/);
    line("exit 6");
    await see("left with 6");
    close();
  });

  test("a session that is killed leaves a terminal in order and the menu, and Ctrl-D logs out", async () => {
    await open();
    await see("> ");
    line("~/shop");
    await see("Accessing workspace");
    await there.host.exec(["sh", "-c", "pkill -KILL -u dev -x claude"]);
    const after = await see(/ended by a signal, status 137[^]*> $/m);
    expect(after).toContain("Enter new session in ~");
    line("typed"); // is echoed again
    await see("> typed");
    tmux("send-keys", "C-d");
    await see("left with 0");
    close();
  });

  test("`ssh -t host shell` is a plain shell, and so is a new window of tmux inside", async () => {
    await open("shell");
    await see("dev@");
    line("unset SHELL; tmux new-session");
    await see(/\[0\] 0:/);
    line("echo in $0; shopt login_shell");
    expect(await see("login_shell")).toContain("in -bash");
    line("tmux kill-server");
    close();
  });

  test("a dumb terminal gets a plain shell", async () => {
    expect(await there.login(["echo it-$((6*7)); exit"], { term: "dumb" }))
      .toMatch(/a plain shell, because Claude needs another terminal than TERM=dumb[^]*it-42/);
  });
});

interface Breakage {
  what: string;
  by: string;
  undo: string;
  /** The one line; absent where the menu works all the same. */
  says?: RegExp;
  typed?: string[];
}
const HOME = "/home/dev";
const BREAKAGES: Breakage[] = [
  {
    what: "a broken configuration",
    by:
      `echo '[[[' | tee /etc/claude-ops/config.toml >${HOME}/config.toml; install -D -o dev ${HOME}/config.toml ${HOME}/.config/claude-ops/config.toml`,
    undo: `rm -r /etc/claude-ops/config.toml ${HOME}/.config/claude-ops`,
  },
  {
    what: "~/.claude is a file",
    by: `mv ${HOME}/.claude ${HOME}/away; touch ${HOME}/.claude`,
    undo: `rm ${HOME}/.claude; mv ${HOME}/away ${HOME}/.claude`,
    says: /cannot keep sessions in \/home\/dev\/\.claude: not a directory/,
  },
  {
    what: "~/.claude belongs to root",
    by: `chown root ${HOME}/.claude; chmod 700 ${HOME}/.claude`,
    undo: `chown dev ${HOME}/.claude`,
    says: /cannot keep sessions in \/home\/dev\/\.claude: it belongs to user 0/,
  },
  {
    what: "no Claude Code",
    by: "mv /opt/claude-code /opt/away",
    undo: "mv /opt/away /opt/claude-code",
    says: /no Claude Code is installed for this user/,
  },
  {
    what: "a Claude Code that cannot run",
    by: "chmod 600 /opt/claude-code/versions/*/claude",
    undo: "chmod 755 /opt/claude-code/versions/*/claude",
    says: /cannot run Claude Code at .*EACCES/,
  },
  {
    what: "a home that cannot be written, without ~/.claude",
    by: `mv ${HOME}/.claude ${HOME}/away; chmod 555 ${HOME}`,
    undo: `chmod 700 ${HOME}; mv ${HOME}/away ${HOME}/.claude`,
    says: /cannot keep sessions in \/home\/dev\/\.claude: EACCES/,
  },
  {
    what: "sessions that cannot be written",
    by: `chmod 500 ${HOME}/.claude/sessions`,
    undo: `chmod 700 ${HOME}/.claude/sessions`,
    says: /EACCES/,
    typed: [""],
  },
  {
    what: "no home at all",
    by: `mv ${HOME} /home/away`,
    undo: `mv /home/away ${HOME}`,
    says: /cannot keep sessions in \/home\/dev\/\.claude/,
  },
  {
    what: "a record of the user that is garbage",
    by:
      "cp /etc/claude-ops/users/dev.json /var/tmp; head -c 300 /dev/urandom >/etc/claude-ops/users/dev.json",
    undo: "mv /var/tmp/dev.json /etc/claude-ops/users/dev.json",
  },
  {
    what: "a list of users that is shut",
    by: "chmod 700 /etc/claude-ops",
    undo: "chmod 755 /etc/claude-ops",
  },
  {
    what: "a shell before it that is gone",
    by: "sed -i.before 's,/bin/bash,/bin/gone,' /etc/claude-ops/users/dev.json",
    undo: "mv /etc/claude-ops/users/dev.json.before /etc/claude-ops/users/dev.json",
  },
  {
    what: "a shell before it that is claude-shell itself",
    by: "sed -i.before 's,/bin/bash,/usr/local/bin/claude-ops,' /etc/claude-ops/users/dev.json",
    undo: "mv /etc/claude-ops/users/dev.json.before /etc/claude-ops/users/dev.json",
  },
  {
    what: "records of sessions that are garbage",
    by:
      `cp -a ${HOME}/.claude/sessions /var/tmp; for f in ${HOME}/.claude/sessions/*/session.json; do head -c 99 /dev/urandom >$f; done`,
    undo: `rm -r ${HOME}/.claude/sessions; mv /var/tmp/sessions ${HOME}/.claude/sessions`,
  },
  {
    what: "the program claude-ops deleted",
    by: "mv /usr/local/bin/claude-ops /var/tmp",
    undo: "mv /var/tmp/claude-ops /usr/local/bin",
  },
  {
    what: "the program claude-ops cut short",
    by:
      "mv /usr/local/bin/claude-ops /var/tmp; head -c 1M /var/tmp/claude-ops >/usr/local/bin/claude-ops; chmod 755 /usr/local/bin/claude-ops",
    undo: "mv /var/tmp/claude-ops /usr/local/bin",
  },
];

describe("nobody is locked out", () => {
  async function expectWayIn({ says, typed = ["s"] }: Omit<Breakage, "what" | "by" | "undo">): Promise<void> {
    const shown = await there.login([...typed, "echo it-$((6*7)) $0", "exit"]);
    expect(shown).toMatch(/it-42 \S*bash/);
    if (says) expect(shown).toMatch(new RegExp(`claude-shell: a plain shell, because [^\n]*${says.source}`));
    else expect(shown).not.toContain("claude-shell: ");
    const command = await there.command("dev", "echo $((6*7))");
    expect([command.status, command.stdout.toString(), command.stderr.replace(/^Could not chdir.*\n/, "")])
      .toEqual([0, "42\n", ""]);
    const shell = await run([...there.ssh("dev", "-tt"), "shell"], { input: "echo it-$((6*7))\nexit\n" });
    expect(shell.stdout.toString()).toContain("it-42");
  }

  test("without anything broken, the menu leads to a plain shell too", () => expectWayIn({}));

  test.each(BREAKAGES)("$what", async ({ by, undo, ...rest }) => {
    await there.host.exec(["sh", "-ec", by]);
    try {
      await expectWayIn(rest);
    } finally {
      await there.host.exec(["sh", "-ec", undo]);
    }
  });

  test("a full disk", async () => {
    await there.host.fill();
    try {
      await expectWayIn({ says: /ENOSPC/, typed: [""] });
    } finally {
      await there.host.unfill();
    }
  });

  test.each(["/bin/sh", "/bin/bash"])("a crash of the greeting, with %s as the host's sh", async (sh) => {
    await there.host.exec(["sh", "-c", "cat >/var/tmp/menu"], { input: script });
    await there.host.exec(["sh", "-c", "cat >/var/tmp/crash; chmod 755 /var/tmp/crash"], {
      input: "#!/bin/sh\nkill -SEGV $$\n",
    });
    const command = `exec ${sh} -c "$(cat /var/tmp/menu)" claude-shell /bin/bash /var/tmp/crash`;
    const shown = await run([...there.ssh("dev", "-tt"), command], { input: "echo it-$((6*7))\nexit\n" });
    expect(shown.stdout.toString()).toMatch(/a plain shell, because the greeting crashed[^]*it-42/);
  });
});

const shellOf = async (user: string) =>
  (await there.host.exec(["getent", "passwd", user])).trim().split(":").at(-1)!;

describe("the desired state", () => {
  const target = () => there.name;
  const doctor = async (...words: string[]) => (await ask(there.host, ["doctor", ...words])).said;
  const ids = (findings: { id: string; causedBy?: string }[]) =>
    findings.filter(({ causedBy }) => !causedBy).map(({ id }) => id);

  test("a second install changes nothing, and all is well", async () => {
    const again = await operator.summary(["install", target(), "--user", "dev"]);
    expect(again).toMatchObject({ ok: true, changed: 0 });
    const order = again.steps.map(({ id }: { id: string }) => id);
    expect(order.slice(-3)).toEqual(["shells", "claude-shell", "login-shell:dev"]);
    expect((await doctor()).findings).toEqual([]);
  });

  test.each([
    ["claude-shell", "rm /usr/local/bin/claude-shell"],
    [
      "claude-shell",
      "rm /usr/local/bin/claude-shell; printf '#!/bin/sh\\nexit 1\\n' >/usr/local/bin/claude-shell",
    ],
    ["shells", "sed -i /claude-shell/d /etc/shells"],
    ["login-shell:dev", "usermod --shell /bin/sh dev"],
  ])("%s broken by `%s` is named and mended", async (id, by) => {
    await there.host.exec(["sh", "-ec", by]);
    expect(ids((await doctor()).findings)).toEqual([id]);
    expect((await doctor("--fix")).findings).toEqual([]);
    expect((await there.command("dev", "echo in")).stdout.toString()).toBe("in\n");
  });

  test("a program that is no shell never becomes one: the old one stays, and logins go on", async () => {
    await there.host.exec([
      "sh",
      "-ec",
      "mv /usr/local/bin/claude-ops /var/tmp; cp /bin/true /usr/local/bin/claude-ops",
    ]);
    const { findings } = (await ask(there.host, ["doctor", "--fix"], ["/var/tmp/claude-ops"])).said;
    expect(ids(findings)).toContain("claude-shell");
    expect((await there.command("dev", "echo in")).stdout.toString()).toBe("in\n");
    await there.host.exec(["mv", "/var/tmp/claude-ops", "/usr/local/bin"]);
    expect((await doctor("--fix")).findings).toEqual([]);
  });

  test("a shell that does not work for its user is taken back at once", async () => {
    // Room for bash, not for us.
    const limits = "/etc/security/limits.d/dev.conf";
    await there.host.exec(["sh", "-c", `echo 'dev - as 150000' >${limits}`]);
    const { fixed, findings } = await doctor("--fix");
    expect(fixed).toContainEqual(expect.objectContaining({ id: "login-shell:dev", status: "failed" }));
    expect(ids(findings)).toContain("login-shell:dev");
    expect(await shellOf("dev")).toBe("/bin/bash");
    expect((await there.command("dev", "echo in")).stdout.toString()).toBe("in\n");
    await there.host.exec(["rm", limits]);
    await doctor("--fix");
    expect(await shellOf("dev")).toBe("/usr/local/bin/claude-shell");
  });

  test("--no-login-shell gives the shell from before back, --login-shell takes it again", async () => {
    expect(await operator.summary(["install", target(), "--user", "dev", "--no-login-shell"])).toMatchObject({
      ok: true,
    });
    expect(await shellOf("dev")).toBe("/bin/bash");
    expect(await there.host.exec(["sh", "-c", "cat /etc/shells; ls /usr/local/bin"])).not.toContain(
      "claude-shell",
    );
    expect(await operator.summary(["install", target(), "--user", "dev"])).toMatchObject({
      ok: true,
      changed: 0,
    });
    await there.host.exec(["usermod", "--shell", "/usr/bin/zsh", "dev"]);
    await operator.summary(["install", target(), "--user", "dev", "--login-shell"]);
    expect((await there.command("dev", "echo $0 $SHELL")).stdout.toString()).toBe("zsh /usr/bin/zsh\n");
  });

  test("uninstall gives the shell back before anything goes, and keeps the program while somebody else has it", async () => {
    await there.host.exec(["usermod", "--shell", "/usr/local/bin/claude-shell", "ref"]);
    const ran = await operator.run(["uninstall", target(), "--force", "--json"]);
    const steps = ran.json.filter(({ status }) => status && status !== "running");
    expect(steps[0]).toMatchObject({ id: "login-shell:dev", status: "changed" });
    expect(steps[1]).toMatchObject({ id: "claude-shell", status: "failed" });
    expect(await shellOf("dev")).toBe("/usr/bin/zsh");
    expect((await there.command("ref", "echo in")).stdout.toString()).toBe("in\n");
    expect(await there.host.exec(["ls", "/usr/local/bin"])).toBe("claude-shell\n");
  });
});
