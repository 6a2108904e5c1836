import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LoginHost, run } from "./login_host.ts";
import { scratchForAll } from "../unit/scratch.ts";

const scratch = scratchForAll();
let there: LoginHost;

beforeAll(async () => void (there = await LoginHost.start()));
afterAll(() => there.stop());

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
    const command = String
      .raw`su USER -c $'printf "%s|" "a\xffb" "c  \'d\'" "e\nf"; cat <&7' 7</etc/hosts | od -An -c`;
    const [ours, theirs] = await Promise.all(
      ["dev", "ref"].map((user) => there.host.exec(["bash", "-c", command.replace("USER", user)])),
    );
    expect(ours).toContain("377");
    expect(ours).toContain("l   o   c   a   l   h   o");
    expect(ours).toBe(theirs);
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
    const [ours, theirs] = await Promise.all(["dev", "ref"].map(async (user) => {
      await there.command(user, "touch .hushlogin");
      return run(there.ssh(user, "-T"), { input: "echo one; echo $0\nexit 5\n" });
    }));
    expect([ours!.status, ours!.stdout.toString()]).toEqual([5, "one\n-bash\n"]);
    expect(ours).toEqual(theirs);
  });
});

describe("programs that come over ssh", () => {
  const local = join(scratch, "local");
  const bytes = randomBytes(300_000);
  const fetched = (name: string) => readFileSync(join(scratch, name)).equals(bytes);
  beforeAll(async () => {
    writeFileSync(local, bytes);
    // For the last of these tests: cron lets one wait for up to a minute.
    const crontab =
      'SHELL=/usr/local/bin/claude-shell\n* * * * * echo "$0 $SHELL" >>cron.out; ulimit -n >>cron.out\n';
    await there.host.exec(["crontab", "-u", "dev", "-"], { input: crontab });
  });
  const options = () => ["-F", there.config, "-o", "BatchMode=yes"];
  const remote = (path: string) => `dev@${there.name}:${path}`;

  test.each([["scp over sftp", []], ["scp over the old protocol", ["-O"]]])("%s", async (_, how) => {
    expect(await run(["scp", "-q", ...how, ...options(), local, remote("by-scp")])).toMatchObject({
      status: 0,
    });
    expect(
      await run([
        "scp",
        "-q",
        ...how,
        ...options(),
        remote("by-scp"),
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
    const ansible = (...words: string[]) =>
      run(["ansible", "all", "-i", inventory, ...words], {
        env: { HOME: scratch, ANSIBLE_NOCOLOR: "1", LANG: "C.UTF-8" },
      });
    const said = async (...words: string[]) => (await ansible(...words)).stdout.toString();
    expect(await said("-m", "ping")).toContain('"ping": "pong"');
    expect(await said("-m", "copy", "-a", `src=${local} dest=by-ansible`)).toContain("CHANGED");
    expect(await said("-m", "copy", "-a", `src=${local} dest=by-ansible`)).toContain("SUCCESS");
    expect(await said("-m", "fetch", "-a", `src=by-ansible dest=${scratch}/ansible flat=yes`)).toContain(
      "CHANGED",
    );
    expect(fetched("ansible")).toBe(true);
    expect(await said("-m", "shell", "-a", "echo $0 $SHELL; exit 4")).toMatch(/rc=4[^]*\/bin\/bash/);
    expect(await said("-m", "setup", "-a", "filter=ansible_user_shell")).toContain("claude-shell");
  });

  test("a cron job of that user, whose crontab names the login shell", async () => {
    let said = "";
    for (let waited = 0; waited < 80 && !/\n.*\n/.test(said); waited++) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      said = (await there.command("dev", "cat cron.out 2>/dev/null")).stdout.toString();
    }
    await there.host.exec(["crontab", "-u", "dev", "-r"]);
    expect(said).toMatch(/^bash \/bin\/bash\n1024\n/);
  }, 100_000);
});
