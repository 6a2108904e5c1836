import { afterAll, beforeAll, expect, test } from "vitest";
import { SmallRegistry } from "../small_registry.ts";
import { end, UpdatingHome } from "./updating_home.ts";

// The shipped binary against a real registry; Claude Code is a native stand-in, so that the kernel sees it as it sees the
// real one. The real packages are in update_story.test.ts.
const [OLD, NEW, NEWER] = ["2.1.300", "2.1.310", "2.1.320"] as const;
let registry: SmallRegistry;
beforeAll(async () => {
  registry = await SmallRegistry.ofStandIns([OLD, NEW, NEWER], OLD);
});
afterAll(() => registry.stop());

async function homeWith(version: string): Promise<UpdatingHome> {
  registry.release(version);
  const home = new UpdatingHome(registry.url);
  expect(await home.update()).toMatchObject({ status: 0, said: { status: "updated", to: version } });
  return home;
}

test("a live session makes an update wait, by name and since when; the start after it switches first", async () => {
  const home = await homeWith(OLD);
  registry.release(NEW);
  const { child, version } = await home.session("api");
  expect(version).toBe(OLD);
  const deferred = await home.update();
  expect(deferred).toMatchObject({
    status: 75,
    said: {
      status: "deferred",
      from: OLD,
      to: NEW,
      waitingFor: [{ session: "api", pid: child.pid, version: OLD }],
    },
  });
  expect(Date.now() - Date.parse(deferred.said.since)).toBeLessThan(60_000);
  // A second session beside it runs what the first one does, and the wait goes on since then.
  const beside = await home.session("beside");
  expect(beside.version).toBe(OLD);
  expect((await home.update()).said).toMatchObject({ since: deferred.said.since, waitingFor: { length: 2 } });
  await end(child);
  await end(beside.child);
  expect((await home.session("next")).version).toBe(NEW);
  expect(home.current).toBe(NEW);
  expect(home.log).toMatch(
    /staged version=2\.1\.310[^]*deferred version=2\.1\.310 reason="waits for session api of/,
  );
  expect(home.log).toMatch(/updated from=2\.1\.300 to=2\.1\.310 by="a start of/);
});
