import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { script } from "../../src/shell/menu.ts";
import { LoginHost, run } from "./login_host.ts";
import { ask } from "./managed_host.ts";

let there: LoginHost;

beforeAll(async () => void (there = await LoginHost.start()));
afterAll(() => there.stop());

interface Breakage {
  what: string;
  by: string;
  undo: string;
  /** The one line; absent where the menu works all the same. */
  says?: RegExp;
  typed?: string[];
  /** No key can let anybody in over ssh. */
  local?: true;
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
    local: true,
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
  async function expectWayIn(
    { says, typed = ["s"], local }: Omit<Breakage, "what" | "by" | "undo">,
  ): Promise<void> {
    const [login, command, shell] = local
      ? [["root", "-tt", "su - dev"], ["root", "", "su dev -c 'echo $((6*7))'"], [
        "root",
        "-tt",
        "su dev -c shell",
      ]]
      : [["dev", "-tt", ""], ["dev", "", "echo $((6*7))"], ["dev", "-tt", "shell"]];
    const into = ([user, option, words]: string[], input = "") =>
      run([...there.ssh(user!, ...(option ? [option] : [])), ...(words ? [words] : [])], { input });

    // Where the menu comes back after a session that did not start, q leaves it.
    const { stdout } = await into(login!, [...typed, "echo it-$((6*7)) $0", "exit", "q", ""].join("\n"));
    expect(stdout.toString()).toMatch(/it-42 \S*bash/);
    if (says) {
      expect(stdout.toString()).toMatch(
        new RegExp(`claude-shell: a plain shell, because [^\n]*${says.source}`),
      );
    } else expect(stdout.toString()).not.toContain("claude-shell: ");
    const done = await into(command!);
    expect([done.status, done.stdout.toString(), done.stderr]).toEqual([0, "42\n", ""]);
    expect((await into(shell!, "echo it-$((6*7))\nexit\n")).stdout.toString()).toContain("it-42");
  }

  beforeAll(async () => {
    await there.command("dev", ".claude/bin/claude-session pear -- -p hi");
  });

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
    await there.host.sh("cat >/var/tmp/menu", { input: script });
    await there.host.sh("cat >/var/tmp/crash; chmod 755 /var/tmp/crash", {
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
    const again = await there.operator.summary(["install", target(), "--user", "dev"]);
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
    await there.host.sh(`echo 'dev - as 150000' >${limits}`);
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
    expect(await there.operator.summary(["install", target(), "--user", "dev", "--no-login-shell"]))
      .toMatchObject({
        ok: true,
      });
    expect(await shellOf("dev")).toBe("/bin/bash");
    expect(await there.host.sh("cat /etc/shells; ls /usr/local/bin")).not.toContain(
      "claude-shell",
    );
    expect(await there.operator.summary(["install", target(), "--user", "dev"])).toMatchObject({
      ok: true,
      changed: 0,
    });
    await there.host.exec(["usermod", "--shell", "/usr/bin/zsh", "dev"]);
    await there.operator.summary(["install", target(), "--user", "dev", "--login-shell"]);
    expect((await there.command("dev", "echo $0 $SHELL")).stdout.toString()).toBe("zsh /usr/bin/zsh\n");
  });

  test("uninstall gives the shell back before anything goes, and keeps the program while somebody else has it", async () => {
    await there.host.exec(["usermod", "--shell", "/usr/local/bin/claude-shell", "ref"]);
    const ran = await there.operator.run(["uninstall", target(), "--force", "--json"]);
    const steps = ran.json.filter(({ status }) => status && status !== "running");
    expect(steps[0]).toMatchObject({ id: "login-shell:dev", status: "changed" });
    expect(steps[1]).toMatchObject({ id: "claude-shell", status: "failed" });
    expect(await shellOf("dev")).toBe("/usr/bin/zsh");
    expect((await there.command("ref", "echo in")).stdout.toString()).toBe("in\n");
    expect(await there.host.exec(["ls", "/usr/local/bin"])).toBe("claude-shell\n");
  });
});
