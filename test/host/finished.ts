import { expect } from "vitest";
import type { Host } from "./lab.ts";
import type { Operator } from "./ops.ts";

/** The same command again, right away, then once more. */
export async function expectFinished(operator: Operator, host: Host, install: string[]): Promise<void> {
  const finished = await operator.summary(install, { timeout: 300_000 });
  const failed = finished.steps?.filter(({ status }: { status: string }) => status === "failed");
  expect([failed, finished.error]).toEqual([[], undefined]);
  expect(finished).toMatchObject({ ok: true, exit: 0 });
  const again = await operator.summary(install, { timeout: 300_000 });
  expect(again).toMatchObject({ ok: true, changed: 0 });
  expect(again.sentBytes).toBeLessThan(1000); // the list of what is shared
  await host.exec(["visudo", "-cq"]);
  const leftovers = "find / -xdev \\( -name '.*.tmp' -o -name '*.partial' \\) -not -path '/proc/*'";
  // What a host still runs of a connection that it has not missed yet takes its leftover with it.
  for (let tries = 0; tries < 50 && await host.sh(leftovers) !== ""; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(await host.sh(leftovers)).toBe("");
}
