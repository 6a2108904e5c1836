import { afterAll, beforeAll, expect, test } from "vitest";
import { type Host, Lab } from "./lab.ts";
import { difference, Operator, ownedByUseradd, snapshot } from "./ops.ts";

// Hosts on which something is not as it should be; each installation ends as before or installed, and says which.

const FULL = process.env.CLAUDE_OPS_TEST_FULL !== undefined;
let host: Host;
let operator: Operator;
let fresh: string[];
const install = () => ["install", `host${host.number}`, "--user", "dev", "--claude-version", "none"];
const sh = (script: string, input = "") => host.sh(script, { input });

beforeAll(async () => {
  if (!FULL) return;
  [host, operator] = [await Lab.host(), new Operator()];
  fresh = await snapshot(host);
});
afterAll(async () => {
  if (!FULL) return;
  operator.remove();
  await host.down();
});

/** Install after install, the second one changing nothing, then back to the fresh host. */
async function expectInstalled(): Promise<void> {
  expect(await operator.summary(install())).toMatchObject({ ok: true, exit: 0 });
  expect(await operator.summary(install())).toMatchObject({ ok: true, changed: 0 });
  expect(await operator.summary(["uninstall", `host${host.number}`, "--purge", "--yes"])).toMatchObject({
    ok: true,
  });
}

/** What is there that was not, accounts aside. */
const left = async () => difference(fresh, await snapshot(host)).filter((line) => !ownedByUseradd(line));

test.runIf(FULL)("a login shell that writes to both outputs, even JSON: installed", async () => {
  const shell = [
    "#!/bin/bash",
    'echo "{\\"steps\\": 5}"; echo "{\\"error\\": 1}"; echo noise >&2',
    'exec /bin/bash "$@"',
  ];
  await sh(
    "cat >/usr/local/bin/noisy; chmod 755 /usr/local/bin/noisy; usermod -s /usr/local/bin/noisy root",
    `${shell.join("\n")}\n`,
  );
  expect(await host.ssh(["true"])).toContain("steps");
  await expectInstalled();
  await sh("usermod -s /bin/bash root; rm /usr/local/bin/noisy");
  expect(await left()).toEqual([]);
});
