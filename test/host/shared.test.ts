import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Host, Lab } from "./lab.ts";
import { Operator } from "./ops.ts";

const CLAUDE = "/home/dev/.claude";
let operator: Operator;
let directory: string;
beforeAll(() => {
  operator = new Operator();
  directory = join(operator.home, "mine");
  put("skills/review/SKILL.md", "# Review");
  put("skills/review/scripts/look.sh", "echo look");
  chmodSync(join(directory, "skills/review/scripts/look.sh"), 0o755);
  symlinkSync("SKILL.md", join(directory, "skills/review/README.md"));
  put("skills/plan/SKILL.md", "# Plan");
  put("agents/tester.md", "You test.");
  put("CLAUDE.md", "Be brief.");
});
afterAll(() => operator.remove());

function put(path: string, content: string): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), content);
}
const install = (host: Host, ...words: string[]) => [
  ...["install", `host${host.number}`, "--user", "dev", "--claude-version", "none", "--shared", directory],
  ...words,
];
const sharedSteps = (said: { steps: { id: string; status: string }[] }) =>
  said.steps.filter(({ id, status }) => id.startsWith("shared") && !id.includes("@") && status !== "ok")
    .map(({ id, status }) => `${id} ${status}`).sort();
const listed = (host: Host, at = CLAUDE) =>
  host.sh(`cd ${at}; find skills agents commands CLAUDE.md -printf '%p %y %m %u %l\\n' | sort`);
const asDev = (host: Host, line: string) => host.exec(["runuser", "-u", "dev", "--", "sh", "-c", line]);

describe.concurrent("install --shared", () => {
  test("brings what differs and nothing else, says so first, and mirrors only when asked", async () => {
    const host = await Lab.host();
    const first = await operator.summary(install(host));
    expect(first).toMatchObject({ ok: true, exit: 0 });
    expect(await listed(host)).toBe([
      "CLAUDE.md f 644 dev ",
      "agents d 755 root ",
      "agents/tester.md f 644 root ",
      "commands d 755 root ",
      "skills d 755 root ",
      "skills/plan d 755 root ",
      "skills/plan/SKILL.md f 644 root ",
      "skills/review d 755 root ",
      "skills/review/README.md l 777 root SKILL.md",
      "skills/review/SKILL.md f 644 root ",
      "skills/review/scripts d 755 root ",
      "skills/review/scripts/look.sh f 755 root ",
      "",
    ].join("\n"));
    expect(await host.exec(["cat", `${CLAUDE}/CLAUDE.md`, `${CLAUDE}/skills/review/README.md`])).toBe(
      "Be brief.# Review",
    );
    expect(await operator.summary(install(host))).toMatchObject({ ok: true, changed: 0, exit: 0 });

    await host.exec([
      "sh",
      "-ec",
      `cd ${CLAUDE}/skills; echo x >>plan/SKILL.md; echo own >plan/own.md; mkdir hosts; echo h >hosts/SKILL.md`,
    ]);
    const before = await listed(host);
    const check = await operator.summary(install(host, "--check"));
    expect(check).toMatchObject({ exit: 3, changed: 0 });
    expect(sharedSteps(check)).toEqual(["shared:skills/plan would-change"]);
    const mirror = await operator.summary(install(host, "--check", "--mirror"));
    expect(sharedSteps(mirror)).toEqual([
      "shared:skills/hosts would-change",
      "shared:skills/plan would-change",
    ]);
    expect(await listed(host)).toBe(before);

    expect(sharedSteps(await operator.summary(install(host)))).toEqual(["shared:skills/plan changed"]);
    expect(await host.sh(`cd ${CLAUDE}/skills; cat plan/SKILL.md plan/own.md hosts/SKILL.md`))
      .toBe("# Planown\nh\n");
    await operator.summary(install(host, "--mirror"));
    expect(await host.sh(`ls ${CLAUDE}/skills ${CLAUDE}/skills/plan`)).not.toMatch(
      /hosts|own/,
    );
    expect(await host.sh(`ls -A ${CLAUDE}`)).not.toContain("incoming");
  });

  test("sessions of a host that root installed cannot change them, unless they may", async () => {
    const host = await Lab.host();
    await operator.summary(install(host));
    for (
      const attempt of [
        "echo x >>skills/review/SKILL.md",
        "echo x >skills/review/new.md",
        "rm skills/review/SKILL.md",
        "mv skills/review/SKILL.md skills/review/x",
        "mv skills/review skills/other",
        "mv skills/review ops/",
        "mkdir skills/more",
        "ln -s /tmp skills/more",
        "chmod u+w skills",
        "rm agents/tester.md",
        "touch commands/x.md",
      ]
    ) await expect(asDev(host, `cd ${CLAUDE} && ${attempt}`), attempt).rejects.toThrow();

    // ~/.claude is the user's, so this goes: but doctor sees it.
    await asDev(
      host,
      // As long as the right one, and of the same date.
      `cd ${CLAUDE} && mv skills aside && cp -rp aside skills && printf '# Evil' >skills/plan/SKILL.md &&
        touch -r aside/plan/SKILL.md skills/plan/SKILL.md`,
    );
    const doctor = await operator.run(["doctor", `host${host.number}`, "--json"]);
    expect(doctor.code).toBe(3);
    const broken = doctor.json.at(-1).findings.filter(({ status }: { status: string }) =>
      status === "broken"
    );
    expect(broken).toMatchObject([{ id: "shared:skills@dev", actual: "directory 0755 user 1000" }]);
    expect(sharedSteps(await operator.summary(install(host)))).toEqual(["shared:skills/plan changed"]);
    await host.exec(["rm", "-r", `${CLAUDE}/aside`]);

    expect(await operator.summary(install(host, "--shared-writable"))).toMatchObject({ ok: true });
    expect(await listed(host)).not.toMatch(/ [fd] \d+ root /);
    await asDev(
      host,
      `cd ${CLAUDE} && echo mine >>skills/review/SKILL.md && mkdir skills/more && rm agents/tester.md`,
    );
    expect(sharedSteps(await operator.summary(install(host)))).toEqual([
      "shared:agents/tester.md changed",
      "shared:skills/review changed",
    ]);
    expect(await listed(host)).not.toMatch(/ [fd] \d+ root /);
    expect(await operator.summary(install(host))).toMatchObject({ changed: 0 });

    expect(await operator.summary(install(host, "--shared-read-only"))).toMatchObject({ ok: true });
    expect(await listed(host)).not.toMatch(/^(skills|agents|commands).* dev /m);
    expect(await operator.run(["uninstall", `host${host.number}`])).toMatchObject({ code: 0 });
    expect(await listed(host).catch((error) => error.stdout)).not.toMatch(/ [fd] \d+ root /);
  });

  test("what cannot be shared is refused before any host is touched", async () => {
    const other = join(operator.home, "wrong");
    mkdirSync(join(other, "skills/x"), { recursive: true });
    symlinkSync("/etc/passwd", join(other, "skills/x/out"));
    const ran = await operator.run(["install", "host1", "--shared", other]);
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toMatch(/out cannot be shared: it is a link to \/etc\/passwd, out of skills\nhint: /);
    rmSync(other, { recursive: true });
  });
});
