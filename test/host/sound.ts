import { expect } from "vitest";
import type { Host } from "./lab.ts";

/** What somebody finds who logs in right after something went wrong. */
export async function expectSound(host: Host): Promise<void> {
  await host.exec([
    "sh",
    "-ec",
    "visudo -cq; test ! -e /usr/local/bin/claude-ops || /usr/local/bin/claude-ops version >/dev/null; systemctl is-active -q ssh",
  ]);
  expect(await host.ssh(["echo", "in"])).toBe("in\n");
}
