import { expect, test } from "vitest";
import { SessionHost } from "../unit/session_host.ts";

const whole = process.env.CLAUDE_OPS_TEST_FULL === "1";

test("what is promised of the shared database holds under 32 processes, many of them killed", async () => {
  const host = new SessionHost("exit 0");
  const { status, stdout, stderr } = await host.run(
    "doctor",
    "--stress",
    "--json",
    "--share",
    whole ? "100" : "2",
  );
  expect(stderr).toBe("");
  const found = JSON.parse(stdout);
  expect(found).toMatchObject({
    ok: true,
    writes: { processes: 16, acknowledged: 16 * (whole ? 1000 : 20), faults: [] },
    claims: { processes: 32, grants: whole ? 100_000 : 2000, faults: [] },
    queue: { processes: 12, killed: 4, tasks: whole ? 5000 : 100, faults: [] },
  });
  expect(found.writes.killed).toBeGreaterThan(0);
  expect(status).toBe(0);
}, whole ? 900_000 : 90_000);
