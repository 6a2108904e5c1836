import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { intend, recordEdit } from "../../src/guard/guard.ts";
import { targetOf } from "../../src/guard/target.ts";
import { identityOf } from "../../src/runtime/process.ts";
import { layoutOf } from "../../src/sessions/paths.ts";
import { scratch, script } from "../unit/scratch.ts";
import { startSshd } from "./sshd.ts";

/** A home that is on another machine, as far as the kernel can tell: sshfs to a server on loopback. */
async function networkHome(): Promise<string> {
  const server = await startSshd("Subsystem sftp internal-sftp");
  onTestFinished(() => server.stop());
  const [home, there] = [join(scratch(), "home"), scratch()];
  mkdirSync(home);
  const options = [`IdentityFile=${server.home}/.ssh/id_ed25519`, "StrictHostKeyChecking=no"];
  options.push("UserKnownHostsFile=/dev/null", "no_contain_symlinks");
  execFileSync("sshfs", ["-p", `${server.port}`, "-o", options.join(), `root@127.0.0.1:${there}`, home]);
  onTestFinished(() => void execFileSync("fusermount3", ["-u", "-z", home]));
  return home;
}

const noFuse = !existsSync("/dev/fuse");

test.skipIf(noFuse)(
  "in a home on a network no database is made, sessions start all the same, and the way out that is named works",
  async () => {
    const home = await networkHome();
    const env = {
      HOME: home,
      PATH: "/usr/bin:/bin",
      CLAUDE_OPS_CLAUDE: script(join(scratch(), "standin"), "exit 0"),
      npm_config_registry: "http://127.0.0.1:9/",
    };
    const ops = (...words: string[]) =>
      spawnSync("dist/claude-ops", words, { env, encoding: "utf8", timeout: 60_000 });
    const claim = () => ops("claim", "issue:15", "--ttl", "60");
    const state = join(home, ".claude/ops");
    expect(ops("session", "start", "apple")).toMatchObject({ status: 0, stderr: "" });
    for (const refused of [claim(), ops("memory", "save", "hello")]) {
      expect(refused).toMatchObject({
        status: 1,
        stdout: "",
        stderr:
          `claude-ops: cannot keep a database in ${state}: sessions cannot rely on locks over fuse.sshfs\n` +
          `hint: make ${state} a link to a directory of yours on a local disk\n`,
      });
    }
    expect(readdirSync(state).filter((name) => name.startsWith("state.db"))).toEqual([]);
    const findings = () =>
      (JSON.parse(ops("doctor", "--json").stdout).findings as { id: string; actual: string }[])
        .filter(({ id }) => id === "file-system" || id === "dir:ops");
    expect(findings()).toMatchObject([{ id: "file-system", actual: "fuse.sshfs" }]);

    const local = scratch();
    rmSync(state, { recursive: true });
    symlinkSync(local, state);
    expect(claim()).toMatchObject({ status: 0, stdout: "claimed issue:15\n" });
    expect(ops("session", "start", "pear")).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(ops("session", "list", "--json").stdout).sessions).toMatchObject([
      { name: "pear" },
      { name: "apple" },
    ]);
    expect(readdirSync(local)).toContain("state.db");
    expect(findings()).toEqual([]);
  },
  60_000,
);

test.skipIf(noFuse)(
  "where case does not count, two spellings of a file are one, and elsewhere they are two",
  async () => {
    const [image, disk, home] = [join(scratch(), "image"), scratch(), scratch()];
    execFileSync("truncate", ["-s", "8M", image]);
    execFileSync("mkfs.ntfs", ["-q", "-F", image], { stdio: "ignore" });
    execFileSync("lowntfs-3g", ["-o", "ignore_case", image, disk]);
    onTestFinished(() => void execFileSync("fusermount3", ["-u", "-z", disk]));
    const layout = layoutOf({ HOME: home });
    mkdirSync(layout.ops, { recursive: true });
    const [apple, pear] = [process.pid, process.ppid].map((pid) => ({
      name: `${pid}`,
      identity: identityOf(pid)!,
    }));
    for (const [directory, one] of [[disk, true], [home, false]] as const) {
      mkdirSync(join(directory, "Fruit"));
      for (const name of one ? ["Pears.txt"] : ["Pears.txt", "pears.TXT"]) {
        writeFileSync(join(directory, "Fruit", name), "x");
      }
      recordEdit(layout, apple!, targetOf("Fruit/Pears.txt", directory, home));
      const wanted = targetOf(one ? "fruit/pears.TXT" : "Fruit/pears.TXT", directory, home);
      const rule = () => Promise.resolve({ policy: "deny" as const, idle: 3_600_000 });
      const { others } = await intend(layout, pear!, wanted, rule);
      expect(others.map(({ by }) => by.name), directory).toEqual(one ? [apple!.name] : []);
    }
  },
);
