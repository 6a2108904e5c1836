import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Host, Lab } from "./lab.ts";
import { expectFinished } from "./finished.ts";
import { difference, Operator, type Ran, snapshot } from "./ops.ts";

const FULL = process.env.CLAUDE_OPS_TEST_FULL === "1";
let operator: Operator;
beforeAll(async () => {
  operator = new Operator();
  // Packs the program once for all.
  const host = await Lab.host();
  await operator.run([...install(host), "--check"]);
  await host.down();
});
afterAll(() => operator.remove());

const install = (host: Host, name = `host${host.number}`) => [
  ...["install", name, "--user", "dev", "--claude-version", "none"],
];
const sending = (line: string) => /"detail":"sending [1-9]/.test(line);
const step = (id: string) => (line: string) => line.includes(`"id":"${id}"`);

/** Does something to a host at the first line that fits. */
function when(fits: (line: string) => boolean, act: () => Promise<void>) {
  let acted: Promise<void> | undefined;
  return {
    onLine: (line: string) => void (fits(line) && (acted ??= act())),
    done: () => acted ?? Promise.reject(new Error("it never came to that")),
  };
}

const problem = (ran: Ran) => ran.json.at(-1)?.error;

describe.concurrent("install over SSH", () => {
  const moments: [string, (line: string) => boolean][] = [
    ["while the program is sent", sending],
    ["before the account is made", step("record:dev")],
    ["while tools of the host run", step("user:dev")],
  ];
  test.each(FULL ? moments : moments.slice(0, 1))(
    "the operator is killed %s: the same again finishes",
    async (_when, killWhen) => {
      const host = await Lab.host();
      expect(await operator.run([...install(host), "--json"], { killWhen })).toMatchObject({ code: null });
      await expectFinished(operator, host, install(host));
      await host.down();
    },
  );

  test("the link is cut while the program is sent: said in seconds, nothing half done, finished later", async () => {
    const host = await Lab.host();
    const fresh = await snapshot(host);
    const { name, way } = await operator.narrowWay(host, 4 << 20);
    let silentSince = Infinity;
    const cut = way.full.then(() => silentSince = Date.now()).then(host.cut);
    const ran = await operator.run([...install(host, name), "--json"]);
    expect(Date.now() - silentSince).toBeLessThan(20_000);
    await cut;
    expect(ran.code).toBe(1);
    expect(problem(ran)).toMatchObject({ code: "connection-lost", hint: expect.any(String) });
    expect(problem(ran).message).toMatch(/host\d+-narrow: no sign of life for 5 s/);
    expect(difference(fresh, await snapshot(host)).filter((line) => !/\.partial /.test(line))).toEqual([]);
    way.close();
    await host.heal();
    await expectFinished(operator, host, install(host));
    await host.down();
  });

  test.each(FULL ? ["user:dev", "sudoers"] : ["user:dev"])(
    "the power fails at %s: the same again finishes",
    async (id) => {
      const host = await Lab.host();
      const power = when(step(id), () => host.freeze().then(host.kill)); // frozen at once, a kill takes longer
      const ran = await operator.run([...install(host), "--json"], { onLine: power.onLine });
      await power.done();
      expect(ran.code).toBe(1);
      expect(problem(ran)).toMatchObject({ code: "connection-lost" });
      await host.boot();
      await expectFinished(operator, host, install(host));
      await host.down();
    },
  );

  test("a full disk: said before anything is sent, nothing changed, finished once there is room", async () => {
    const host = await Lab.host();
    const fresh = await snapshot(host);
    await host.fill();
    const before = await host.bytes();
    const ran = await operator.run([...install(host), "--json"]);
    expect(ran.code).toBe(1);
    expect(problem(ran)).toMatchObject({
      code: "disk-full",
      hint: expect.stringContaining("free some space"),
    });
    expect((await host.bytes()).received - before.received).toBeLessThan(200_000);
    await host.unfill();
    expect(difference(fresh, await snapshot(host))).toEqual([]);
    await expectFinished(operator, host, install(host));
    await host.down();
  });

  test("a disk that fills up while the program is sent: the same", async () => {
    const host = await Lab.host();
    const fresh = await snapshot(host);
    const { name, way } = await operator.narrowWay(host, 1 << 20);
    const filled = way.full.then(host.fill).then(() => way.widen());
    const ran = await operator.run([...install(host, name), "--json"]);
    await filled;
    way.close();
    expect(ran.code).toBe(1);
    expect(problem(ran)).toMatchObject({
      code: "disk-full",
      message: expect.stringContaining("the disk is full"),
    });
    await host.unfill();
    expect(difference(fresh, await snapshot(host))).toEqual([]);
    await expectFinished(operator, host, install(host));
    await host.down();
  });
});
