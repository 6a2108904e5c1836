import { afterAll, beforeAll, expect, test } from "vitest";
import type { Finding } from "../../src/host/diagnose.ts";
import { type Host, Lab } from "./lab.ts";
import { ask } from "./managed_host.ts";
import { difference, Operator, snapshot } from "./ops.ts";

// File systems that take no change: what is there works on, what cannot be done is said, the next run finishes.

let operator: Operator;
let host: Host;

beforeAll(async () => {
  operator = new Operator();
  host = await Lab.host();
});
afterAll(async () => {
  operator.remove();
  await host.down();
});

const install = (...words: string[]) =>
  operator.summary(["install", `host${host.number}`, "--user", "dev", "--claude-version", "none", ...words]);
const FULL = process.env.CLAUDE_OPS_TEST_FULL === "1";
const EVERYTHING = ["/etc", "/home", "/opt", "/root", "/tmp", "/usr", "/var"];

/** Mounts these read-only, and writable again at the end. */
async function readOnly<T>(places: readonly string[], work: () => Promise<T>): Promise<T> {
  const each = (script: string) => host.exec(["sh", "-ec", `for place; do ${script}; done`, "sh", ...places]);
  await each('mount --bind "$place" "$place"; mount -o remount,bind,ro "$place"');
  try {
    return await work();
  } finally {
    await each('umount -l "$place"');
  }
}

// deno-lint-ignore no-explicit-any
const failed = (said: any) => said.steps.filter(({ status }: { status: string }) => status === "failed");

test("a fresh host: said before anything is there, and nothing has changed", async () => {
  const fresh = await snapshot(host);
  const said = await readOnly(EVERYTHING, () => install());
  expect(said).toMatchObject({ exit: 1, error: { code: "read-only", hint: expect.any(String) } });
  expect(said.error.message).toContain("the file system there is read-only");
  expect(difference(fresh, await snapshot(host))).toEqual([]);
});

const PLACES = [["/home", "user:dev"], ["/etc", "user:dev"], ["/opt", "dir:claude-code"]] as const;
test.runIf(FULL).each(PLACES)(
  "%s: what rests on it fails and is named, a second run changes nothing, the next one finishes",
  async (place, id) => {
    await readOnly([place], async () => {
      const first = await install();
      expect(first).toMatchObject({ ok: false, exit: 1 });
      expect(failed(first)).toContainEqual(
        expect.objectContaining({ id, error: expect.objectContaining({ code: "read-only" }) }),
      );
      expect(await install()).toMatchObject({ ok: false, changed: 0, sentBytes: 0, exit: 1 });
    });
    expect(await install()).toMatchObject({ ok: true, exit: 0 });
    expect(await install()).toMatchObject({ ok: true, changed: 0 });
    await operator.summary(["uninstall", `host${host.number}`, "--purge", "--yes"]);
  },
);

test("a host that was set up: all well for install, doctor names the cause, what would change fails", async () => {
  await install();
  await host.exec(["rm", "/home/dev/.claude/bin/claude-session"]);
  await readOnly(EVERYTHING, async () => {
    const before = await snapshot(host);
    const { exit, said } = await ask(host, ["doctor"]);
    const findings: Finding[] = said.findings;
    expect(exit).toBe(3);
    expect(findings).toContainEqual(
      expect.objectContaining({ id: "writable", actual: expect.stringMatching(/^read-only: .*\/opt/) }),
    );
    expect(findings).toContainEqual(expect.objectContaining({ id: "dev/writable" }));
    expect(findings).toContainEqual(expect.objectContaining({ id: "dev/log", causedBy: "dev/writable" }));
    const again = await install();
    expect(failed(again)).toMatchObject([{ id: "dev/launcher", error: { code: "read-only" } }]);
    expect(again).toMatchObject({ ok: false, changed: 0, sentBytes: 0 });
    for (const words of [["session", "list"], ["status"], ["schedule"], ["cleanup"]]) {
      const ran = await operator.run([...words, `host${host.number}`, "--json"]);
      expect([words, ran.code, ran.stderr]).toEqual([words, 0, ""]);
    }
    expect(difference(before, await snapshot(host))).toEqual([]);
  });
  expect(await install()).toMatchObject({ ok: true, changed: 1 });
});
