import { inspect } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FAULTS } from "./faults.ts";
import { expectFinished } from "./finished.ts";
import { Lab } from "./lab.ts";
import { type Registry, startRegistry } from "../registry.ts";
import { atStep, FETCH, type Moment, PROGRAM, UPLOAD } from "./moments.ts";
import type { Ran } from "./ops.ts";
import { Site } from "./site.ts";
import { expectSound } from "./sound.ts";

// Each fault at each moment of an install over SSH, the steps of the host and the phases of the upload: the run ends in
// words or well, the host is sound, and the same command again finishes. Afterwards everything can be taken away again.

const FULL = process.env.CLAUDE_OPS_TEST_FULL === "1";
/** Of these, one for each way in which an install ends, some are tried in every run. */
const SAMPLE: [Moment, string][] = [
  [UPLOAD[1]!, "the connection is cut"],
  [atStep("dir:etc"), "the disk fills up"],
  [atStep("dir:users"), "the host freezes"],
  [atStep("sudoers"), "the host is rebooted"],
  [atStep("user:dev"), "the operator is killed"],
];
const HOSTS = FULL ? 4 : 3;

/** @returns how the run ended that was hurt by it, or undefined where the host was faster */
async function struck(site: Site, moment: Moment, fault: string): Promise<string | undefined> {
  const { operator, host } = site;
  const { strike, mend, code } = FAULTS[fault]!;
  await site.reset(!moment.sends);
  const freezer = await host.freezer();
  const [dying, dead] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const killOperator = () => (dying.resolve(), dead.promise);
  const scene = { host, thaw: freezer.thaw, killOperator };
  let acted: Promise<void> | undefined;
  const come = () => {
    if (acted) return;
    freezer.freeze();
    acted = strike(scene).then(watch.proceed);
    acted.catch(() => {}); // it is awaited later
  };
  const watch = await moment.watch(operator, host, come);
  const ran = await operator.run([...site.install(watch.name, moment.claude), "--json"], {
    timeout: 300_000,
    ...(watch.onLine ? { onLine: watch.onLine } : {}),
    killWhen: dying.promise,
  });
  dead.resolve();
  expect(acted, "it never came to that").toBeDefined();
  await acted;
  watch.close?.();
  await mend?.(scene);
  const said = fault === "the operator is killed" && ran.code === null ? "" : expectSaid(ran, code);
  if (moment.sends && said !== undefined) {
    const half = new RegExp(` ${PROGRAM}(\\.\\S+\\.partial)?( |$)`);
    expect((await site.changed()).filter((line) => !half.test(line))).toEqual([]);
  }
  await expectSound(host);
  await expectFinished(operator, host, site.install(undefined, moment.claude));
  if (moment.claude) expect(await host.exec(["claude", "--version"])).toContain(moment.claude);
  return said;
}

/** What went wrong, in words that help. */
function expectSaid(ran: Ran, expected?: string): string | undefined {
  if (ran.code === 0) return undefined;
  expect(ran.code, "it did not end by itself").not.toBeNull();
  const { error, steps = [] } = ran.json.at(-1);
  const problems = [error, ...steps.map((step: { error?: object }) => step.error)].filter(Boolean);
  expect(problems.length).toBeGreaterThan(0);
  for (const { message, hint, code } of problems) {
    expect(message).not.toMatch(/this is a bug|undefined|null|\/proc\/self/);
    expect(hint, message).toEqual(expect.any(String));
    if (expected) expect(code, message).toBe(expected);
  }
  return problems.map(({ code, message }) => `${code}: ${message}`).join("; ");
}

const sites: Site[] = [];
let registry: Registry | undefined;
const site = () => Site.make(registry);
beforeAll(async () => {
  if (FULL) registry = await startRegistry({ address: await Lab.bridge() });
  for (let number = 0; number < HOSTS; number++) sites.push(await site());
});
afterAll(async () => {
  for (const site of sites) await site.down();
  await registry?.stop();
});

async function wholeTable(site: Site): Promise<[Moment, string][]> {
  await site.reset(true);
  const { steps } = await site.operator.summary(site.install());
  const ids = steps.map(({ id }: { id: string }) => id);
  const quick = ids.filter((id: string) => id !== "program" && id !== "claude-code").map(atStep);
  const moments: Moment[] = [...UPLOAD, ...quick, ...FETCH];
  return moments.flatMap((moment) => Object.keys(FAULTS).map((fault): [Moment, string] => [moment, fault]));
}

test("each fault at each moment: said, nothing broken, and the same command again finishes", async () => {
  const cells = FULL ? await wholeTable(sites[0]!) : SAMPLE;
  const [wrong, hurt]: [string[], string[]] = [[], []];
  const tell = FULL ? console.log : () => {};
  const [all, queue] = [cells.length, [...cells]];
  const work = async (index: number) => {
    for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
      const name = `${cell[0].name}, ${cell[1]}`;
      const began = Date.now();
      try {
        const said = await struck(sites[index]!, ...cell);
        if (said !== undefined) hurt.push(name);
        tell(`${name}: ${said ?? "done before"} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
      } catch (error) {
        wrong.push(`${name}: ${inspect(error, { depth: 2 })}`);
        tell(`WRONG ${wrong.at(-1)}`);
        await sites[index]!.down();
        sites[index] = await site();
      }
    }
  };
  await Promise.all(sites.map((_, index) => work(index)));
  tell(`${all} cells, ${hurt.length} hurt`);
  expect(wrong).toEqual([]);
  expect(hurt.length).toBeGreaterThan(all / 2);
}, FULL ? 3_600_000 : 300_000);

test("a full disk beforehand: said before anything is sent, nothing changed, finished once there is room", async () => {
  const site = sites[0]!;
  await site.reset(false);
  await site.host.fill();
  const before = await site.host.bytes();
  const ran = await site.operator.run([...site.install(), "--json"]);
  expect(ran.code).toBe(1);
  expect(expectSaid(ran)).toMatch(/^disk-full: .* MiB free/);
  expect((await site.host.bytes()).received - before.received).toBeLessThan(200_000);
  await site.host.unfill();
  expect(await site.changed()).toEqual([]);
  await expectFinished(site.operator, site.host, site.install());
});
