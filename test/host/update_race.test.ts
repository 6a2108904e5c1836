import { once } from "node:events";
import { mkdirSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { writeWaiting } from "../../src/updates/state.ts";
import { tinyClaude } from "../tiny_claude.ts";
import { end, UpdatingHome } from "./updating_home.ts";

const SWITCHER = fileURLToPath(new URL("./switcher.ts", import.meta.url));
const ROUNDS = process.env.CLAUDE_OPS_TEST_FULL === "1" ? 1000 : 30;

function putVersion(home: UpdatingHome, version: string): void {
  const dir = join(home.root, "versions", version);
  mkdirSync(dir, { recursive: true, mode: 0o755 });
  writeFileSync(join(dir, "claude"), tinyClaude(version), { mode: 0o755 });
}

test(
  `${ROUNDS} times, starts race a switch: all sessions run the version that is current then, whole and there`,
  async () => {
    const home = new UpdatingHome("http://127.0.0.1:9/");
    putVersion(home, "2.1.1000");
    symlinkSync("versions/2.1.1000", join(home.root, "current"));
    home.own();
    const switcher = home.spawn(process.execPath, [SWITCHER, home.root], {}, "pipe");
    const outcomes = { switched: 0, deferred: 0 };
    for (let round = 1; round <= ROUNDS; round++) {
      const version = `2.1.${1000 + round}`;
      putVersion(home, version);
      const soon = (ms: number) => setTimeout(Math.random() * ms);
      // Alternately somebody's command, beside starts that find a version waiting and switch themselves, and a switch out
      // of the blue, which starts have no reason to expect. What nobody runs is removed at once, as by an update.
      const update = async () => {
        if (round % 2 === 0) return await home.update("--activate");
        await soon(20);
        const done = once(switcher.stdout!, "data");
        switcher.stdin!.write(`${version}\n`);
        await done;
      };
      if (round % 2 === 0) writeWaiting(home.root, { version, since: new Date().toISOString(), for: [] });
      home.own();
      const [, ...sessions] = await Promise.all([
        update(),
        soon(20).then(() => home.session("one")),
        soon(20).then(() => home.session("two")),
      ]);
      for (const { child } of sessions) {
        expect(readlinkSync(`/proc/${child.pid}/exe`), `round ${round}`).toBe(
          join(home.root, "versions", home.current!, "claude"),
        );
      }
      outcomes[home.current === version ? "switched" : "deferred"]++;
      for (const { child } of sessions) await end(child);
    }
    // Both have been seen, and what nobody runs any more has gone.
    expect(Math.min(outcomes.switched, outcomes.deferred)).toBeGreaterThan(ROUNDS / 20 - 1);
    expect(home.versions.length).toBeLessThan(10);
  },
  1_800_000,
);
