import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scan } from "../../src/shared/scan.ts";
import { outlineOf } from "../../src/shared/outline.ts";
import { packContents, packList } from "../../src/shared/wire.ts";
import { killAt } from "./kill_at.ts";
import { type Host, Lab } from "./lab.ts";
import { ask } from "./managed_host.ts";
import { Operator } from "./ops.ts";

const FULL = process.env.CLAUDE_OPS_TEST_FULL === "1";
/** Kinds of system calls by which the receiver changes anything, and how many are passed over from one kill to the next. */
const CALLS: Record<string, number> = FULL
  ? { mkdir: 1, rename: 1, renameat2: 1, unlinkat: 1, write: 10, fchmod: 1 }
  : { renameat2: 2, unlinkat: 11 };
const CLAUDE = "/home/dev/.claude";
const UNITS = ["skills/one", "skills/two", "agents/three.md"];
let operator: Operator;
let host: Host;

beforeAll(async () => {
  operator = new Operator();
  for (const version of ["A", "B"]) {
    for (
      const path of [
        "skills/one/SKILL.md",
        "skills/one/more.md",
        "skills/two/SKILL.md",
        "skills/two/more.md",
        "agents/three.md",
      ]
    ) {
      put(`${version}/${path}`, version);
    }
    put(`${version}/skills/only-${version}/SKILL.md`, version);
  }
  host = await Lab.host();
  expect(await operator.summary(install("A"))).toMatchObject({ ok: true });
});
afterAll(async () => {
  operator.remove();
  await host.down();
});

function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(operator.home, path)), { recursive: true });
  writeFileSync(join(operator.home, path), content);
}
const install = (directory: string, ...words: string[]) => [
  ...["install", `host${host.number}`, "--user", "dev", "--claude-version", "none"],
  ...["--shared", join(operator.home, directory), ...words],
];
const installBy = (name: string, directory: string) => install(directory).with(1, name);

/** Each unit as a session sees it, `A` or `B` and never both; and nothing half made beside them. */
async function seen(): Promise<string[]> {
  const read = `cd ${CLAUDE}; for u in ${
    UNITS.join(" ")
  }; do echo $u $(find $u -type f -exec cat {} +); done; ls skills`;
  const lines = (await host.exec(["sh", "-ec", read])).trim().split("\n");
  for (const line of lines) {
    expect(line).toMatch(
      /^(skills\/one (AA|BB)|skills\/two (AA|BB)|agents\/three.md (A|B)|one|two|only-A|only-B)$/,
    );
  }
  return lines;
}
const whole = (version: string) => [
  ...[`skills/one ${version}${version}`, `skills/two ${version}${version}`, `agents/three.md ${version}`],
  ...["one", `only-${version}`, "two"],
];

async function expectFinished(version: string): Promise<void> {
  expect(await operator.summary(install(version, "--mirror"))).toMatchObject({ ok: true, exit: 0 });
  expect(await seen()).toEqual(whole(version));
  expect(await host.sh(`ls -A ${CLAUDE}`)).not.toContain("incoming");
}

test(
  "killed at any moment, the host's end leaves each skill old or new, and the next run finishes",
  async () => {
    const what = scan(join(operator.home, "B"));
    const { outline } = outlineOf(what.manifest);
    const parts = [packList(outline), packList(what.manifest.entries)];
    for await (
      const part of packContents(
        what,
        what.manifest.entries.filter((entry) => entry.type === "file"),
      )
    ) parts.push(part);
    await host.sh("cat >/opt/stream", { input: Buffer.concat(parts) });
    const receive = [
      "sh",
      "-c",
      "exec /usr/local/bin/claude-ops receive-shared guarded --user dev --mirror --json </opt/stream",
    ];
    let kills = 0;
    for (const [call, step] of Object.entries(CALLS)) {
      for (let nth = 1;; nth += step) {
        const killed = await killAt(host, receive, call, nth);
        await seen();
        // The very same at once, then back to how it was.
        await expectFinished("B");
        await operator.summary(install("A", "--mirror"));
        if (!killed) break;
        kills++;
      }
    }
    expect(kills).toBeGreaterThanOrEqual(Object.keys(CALLS).length);
  },
  900_000,
);

describe("what is large", () => {
  beforeAll(() => {
    for (let number = 0; number < 40; number++) put(`large/skills/one/${number}.bin`, randomBytes(1 << 20));
    put("large/skills/one/SKILL.md", "large");
  });
  afterAll(() => rmSync(join(operator.home, "large"), { recursive: true }));
  /** Of 40 MiB that no compression makes smaller, so many go. */
  const PART = 8 << 20;

  test.runIf(FULL)("the operator is killed while it is sent", async () => {
    const { name, way } = await operator.narrowWay(host, PART);
    const ran = await operator.run([...installBy(name, "large"), "--json"], { killWhen: way.full });
    way.close();
    expect(ran).toMatchObject({ code: null });
    expect(await seen()).toEqual(whole("A"));
    await expectFinished("A");
  });

  test("the connection is cut while it is sent", async () => {
    const { name, way } = await operator.narrowWay(host, PART);
    const cut = way.full.then(() => host.cut());
    const ran = await operator.run([...installBy(name, "large"), "--json"]);
    await cut;
    way.close();
    await host.heal();
    expect(ran.code).toBe(1);
    expect(ran.json.at(-1).steps.at(-1).error).toMatchObject({ code: "connection-lost" });
    expect(await seen()).toEqual(whole("A"));
    await expectFinished("A");
  });

  test("the disk is full", async () => {
    await host.fill();
    const ran = await operator.run([...install("large"), "--json"]);
    await host.unfill();
    expect(ran.json.at(-1).steps.at(-1)).toMatchObject({
      id: "shared",
      error: { code: "disk-full", hint: expect.any(String) },
    });
    expect(await seen()).toEqual(whole("A"));
    await expectFinished("A");
  });
});

describe("a user who prepares something", () => {
  const outside = () => host.sh("find /etc /root /opt -xdev -printf '%p %m %u %s %l\\n' | sort");
  test.each([
    ["the place for what comes leads to /etc", "ln -s /etc .shared-incoming"],
    [
      "the place for what comes is there, and full of links",
      "mkdir .shared-incoming; for n in 0 1 2 new; do ln -s /etc .shared-incoming/$n; done",
    ],
    ...(FULL
      ? [
        ["the skills lead to /etc", "mv skills x; ln -s /etc skills"],
        ["~/.claude leads to /opt", "cd ..; mv .claude c; ln -s /opt .claude"],
      ]
      : []),
  ])("%s: nothing outside of the home changes", async (_what, plant) => {
    await operator.summary(install("A", "--mirror"));
    const before = await outside();
    await host.exec(["runuser", "-u", "dev", "--", "sh", "-ec", `cd ${CLAUDE}; ${plant}`]);
    for (
      const words of [["install", "--system", "--user", "dev", "--claude-version", "none"], [
        "doctor",
        "--fix",
      ]]
    ) {
      await ask(host, words);
    }
    await operator.summary(install("B", "--mirror"));
    expect(await outside()).toBe(before);
    await host.sh(
      "cd /home/dev; test -d c && { rm .claude; mv c .claude; }; rm -rf .claude/x .claude/skills.before-claude-ops",
    );
    await expectFinished("A");
  });
});
