import { afterAll, beforeAll, expect, test } from "vitest";
import { expectFinished } from "./finished.ts";
import { type Host, Lab } from "./lab.ts";
import { Operator } from "./ops.ts";

// What can befall a host, at each step of an install as its operator sees it begin: the run ends in words or well, and the
// same command again finishes.

const FULL = process.env.CLAUDE_OPS_TEST_FULL === "1";
const FAULTS: Record<
  string,
  { strike: (host: Host) => Promise<void>; mend?: (host: Host) => Promise<void> }
> = {
  "the connection is cut": { strike: (host) => host.cut(), mend: (host) => host.heal() },
  "the host freezes": { strike: (host) => host.freeze(), mend: (host) => host.thaw() },
  "the host loses power": { strike: (host) => host.freeze().then(host.kill), mend: (host) => host.boot() },
  "the host is rebooted": { strike: (host) => host.reboot() },
  "the disk fills up": { strike: (host) => host.fill(), mend: (host) => host.unfill() },
};
/** Of these at least one is tried in every run. */
const SAMPLE = [["dir:users", "the host freezes"], ["sudoers", "the host is rebooted"]];

let operator: Operator;
let host: Host;
let steps: string[];
const install = () => ["install", `host${host.number}`, "--user", "dev", "--claude-version", "none"];
const purge = () => operator.summary(["uninstall", `host${host.number}`, "--purge", "--yes"]);

beforeAll(async () => {
  [operator, host] = [new Operator(), await Lab.host()];
  const first = await operator.summary(install());
  expect(first).toMatchObject({ ok: true });
  steps = first.steps.map(({ id }: { id: string }) => id);
});
afterAll(async () => {
  operator.remove();
  await host.down();
});

/** @returns whether the run was hurt by it; the host may have been faster */
async function struck(step: string, { strike, mend }: (typeof FAULTS)[string]): Promise<boolean> {
  await purge();
  let acted: Promise<void> | undefined;
  const onLine = (line: string) => void (line.includes(`"id":"${step}"`) && (acted ??= strike(host)));
  const ran = await operator.run([...install(), "--json"], { onLine });
  await acted;
  await mend?.(host);
  expect(acted).toBeDefined();
  const said = ran.json.at(-1);
  if (ran.code !== 0) {
    const problems = [said.error, ...(said.steps ?? []).map(({ error }: { error?: object }) => error)].filter(
      Boolean,
    );
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) expect(problem.message).not.toMatch(/this is a bug/);
  }
  await expectFinished(operator, host, install());
  return ran.code !== 0;
}

test("at each step: said, and the same command again finishes", async () => {
  const table = FULL ? steps.flatMap((step) => Object.keys(FAULTS).map((fault) => [step, fault])) : SAMPLE;
  const wrong: string[] = [];
  let hurt = 0;
  for (const [step, fault] of table) {
    try {
      if (await struck(step!, FAULTS[fault!]!)) hurt++;
    } catch (error) {
      wrong.push(`${step}, ${fault}: ${error}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(hurt).toBeGreaterThan(0);
}, FULL ? 7_200_000 : 300_000);
