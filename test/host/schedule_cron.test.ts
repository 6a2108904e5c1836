import { expect, test } from "vitest";
import { freshHost } from "./fresh_host.ts";
import { ask, PROGRAM, SPARE } from "./managed_host.ts";
import { BINARY } from "./ops.ts";

// cron starts what is due with each minute, so this takes more than one.
test.runIf(process.env.CLAUDE_OPS_TEST_FULL === "1")(
  "without systemd, cron itself does the jobs of managed users and of somebody's own installation, and that is shown",
  async () => {
    const host = await freshHost();
    const sh = (script: string) => host.exec(["sh", "-ec", script], { timeout: 200_000 });
    await host.put(BINARY, SPARE);
    await sh("mount -t tmpfs none /run/systemd; useradd --create-home --password '*' bob");
    const none = ["--claude-version", "none"];
    const asBob = ["runuser", "-u", "bob", "--", "env", "HOME=/home/bob"];
    expect((await ask(host, ["install", "--system", "--user", "dev", ...none], [SPARE])).said.ok).toBe(true);
    expect((await ask(host, ["install", ...none], [...asBob, SPARE])).said.ok).toBe(true);

    const shown = async () => [
      ...(await ask(host, ["schedule"])).said.jobs,
      ...(await ask(host, ["schedule"], [...asBob, "/home/bob/.local/bin/claude-ops"])).said.jobs,
    ];
    for (const [i, one] of (await shown()).entries()) {
      expect(one).toMatchObject({ keeper: "cron", user: i < 2 ? "dev" : "bob", last: null });
    }
    // The very lines that install has written, for each minute; cron notices both files by itself.
    const eachMinute = "s/^[0-9]+ [0-9*]+ /* * /";
    await sh(`sed -Ei '${eachMinute}' /etc/cron.d/claude-ops
      crontab -u bob -l | sed -E '${eachMinute}' | crontab -u bob -
      systemctl is-active cron || pgrep -x cron`);
    const files = ["dev", "bob"].flatMap((user) =>
      ["cleanup", "update"].map((job) => `/home/${user}/.claude/ops/jobs/${job}.json`)
    );
    await sh(
      `timeout 180 sh -c 'until [ $(cat ${
        files.join(" ")
      } 2>/dev/null | grep -c endedAt) = 4 ]; do sleep 1; done'`,
    );
    // Back to what install wrote, which install would do as well.
    expect((await ask(host, ["install", "--system", "--user", "dev", ...none])).said).toMatchObject({
      changed: 1,
    });
    for (const { job, keeper, last, next } of await shown()) {
      // No registry answers on this host, which is the job's result and not cron's.
      expect([job, keeper, last.result]).toEqual([job, "cron", job === "cleanup" ? "ok" : "failed"]);
      if (job === "update") expect(last.reason).toMatch(/registry|reached/);
      expect(Date.parse(next)).toBeGreaterThan(Date.now());
    }
    expect(await sh(`cat ${files.join(" ")} | grep -c '"by":"cron"'`)).toBe("4\n");
    expect(await host.exec([PROGRAM, "schedule"])).toMatch(/\nupdate +dev +cron +\d+ s(ec)? ago +failed: /);
  },
  300_000,
);
