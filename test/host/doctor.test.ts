import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Finding } from "../../src/host/diagnose.ts";
import type { Registry } from "../registry.ts";
import type { Host } from "./lab.ts";
import { ask, managedHost, registryForHosts } from "./managed_host.ts";
import { BREAKS } from "./breaks.ts";
import { difference, Operator, snapshot } from "./ops.ts";

const FULL = process.env.CLAUDE_OPS_TEST_FULL === "1";
let operator: Operator;
let registry: Registry;
let hosts: [Host, Host];

beforeAll(async () => {
  operator = new Operator();
  registry = await registryForHosts();
  hosts = await Promise.all([managedHost(operator, registry), managedHost(operator, registry)]);
});
afterAll(async () => {
  operator.remove();
  await registry.stop();
});

test("every step of install has its place in the table, and the table nothing else", async () => {
  const again = await operator.summary(["install", `host${hosts[0].number}`, "--user", "dev"]);
  expect(again).toMatchObject({ ok: true, changed: 0 });
  // One sends the program, and the other only tells what else is there.
  const ids = again.steps.map(({ id }: { id: string }) => id)
    .filter((id: string) => id !== "program" && !id.endsWith("other-claude"));
  expect(ids.sort()).toEqual(Object.keys(BREAKS).sort());
});

test("a host that is well says so, here and over SSH, to root and to the user", async () => {
  const [host] = hosts;
  for (const program of [undefined, ["runuser", "-u", "dev", "--", "/usr/local/bin/claude-ops"]]) {
    expect(await ask(host, ["doctor"], program)).toMatchObject({ exit: 0, said: { findings: [] } });
  }
  const ran = await operator.run(["doctor", `host${host.number}`]);
  expect(ran.stdout).toMatch(/host\d+: all is well \(\d+ things looked at\)/);
  expect(ran.code).toBe(0);
});

const all = Object.entries(BREAKS).flatMap(([id, ways]) => ways.map((way) => ({ id, ...way })));
/** Each in one way, and what grants root in all. */
const first = all.filter(({ id, slow }, at) => !slow && (id === "sudoers" || id !== all[at - 1]?.id));
const chosen = FULL ? all : first;

describe.concurrent.each([0, 1])(
  "broken by hand, doctor names it and mends it, and nothing else (host %i)",
  (at) => {
    test("each in turn", async () => {
      const host = hosts[at]!;
      const wrong: string[] = [];
      for (const one of chosen.filter((_, index) => index % hosts.length === at)) {
        const healthy = await snapshot(host);
        await expectMended(host, one, healthy).catch((error) => {
          wrong.push(`${one.id}, ${one.how}: ${error.message}: ${JSON.stringify(error.actual)}`);
        });
        if (one.undo) await host.exec(["sh", "-ec", one.undo]);
      }
      expect(wrong).toEqual([]);
    }, 600_000);
  },
);

async function expectMended(
  host: Host,
  { id, by, lost }: (typeof all)[number],
  healthy: string[],
): Promise<void> {
  await host.exec(["sh", "-ec", by]);
  const found = await ask(host, ["doctor"]);
  const findings: Finding[] = found.said.findings;
  expect(findings.filter(({ causedBy }) => !causedBy).map((finding) => finding.id)).toEqual([id]);
  expect(findings.filter(({ causedBy }) => causedBy && causedBy !== id)).toEqual([]);
  expect(found.exit).toBe(3);
  for (const finding of findings) {
    for (const word of ["title", "expected", "actual", "why", "fix"] as const) {
      expect(finding[word], `${finding.id}: ${word}`).toMatch(/\S/);
    }
  }
  const mended = await ask(host, ["doctor", "--fix"]);
  expect(mended.said.findings).toEqual([]);
  expect(mended.exit).toBe(0);
  expect(mended.said.fixed.map((step: { id: string }) => step.id)).toContain(id);
  // A lock notes whose turn it was last, and the log which version was switched to.
  const noted = /\/\.switching\/|\/opt\/claude-code\/log(\/| )/;
  const differs = difference(healthy, await snapshot(host)).filter((line) => !noted.test(line));
  expect(differs.filter((line) => !lost?.test(line))).toEqual([]);
}
