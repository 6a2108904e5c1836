import semver from "semver";
import { describeOccupants } from "../../updates/occupants.ts";
import { readState, readWaiting } from "../../updates/state.ts";
import { Versions } from "../../updates/versions.ts";
import type { Check } from "../resource.ts";

/** A release that was fetched and cannot be switched to, for longer than `limit` milliseconds: the host is never idle. */
export function updateWaits(root: string, limit: number, now: () => number = Date.now): Check {
  return {
    id: "update-waits",
    title: "fetched release of Claude Code",
    why:
      "new sessions go on starting the older version, whatever the new one mends; activate_while_live = true in [updates] does not wait",
    severity: "warning",
    fix: [["claude-ops", "update", "--max-wait", "8h"]],
    read() {
      const waiting = readWaiting(root);
      if (waiting === undefined || now() - Date.parse(waiting.since) <= limit) return Promise.resolve(null);
      const whom = waiting.for.length > 0 ? ` for ${describeOccupants(waiting.for)}` : "";
      const since = waiting.since.slice(0, 16).replace("T", " ");
      return Promise.resolve({
        expected: `switched to within ${days(limit)}`,
        actual: `${waiting.version} waits since ${since}${whom}`,
      });
    },
  };
}

/** The last question to the registry and its answer. */
export function lastCheck(root: string): Check {
  return {
    id: "update-check",
    title: "last look for a newer Claude Code",
    why: "nobody hears of new releases, also not of those that mend security",
    needs: ["registry"],
    severity: "warning",
    fix: [["claude-ops", "update", "--check"]],
    read() {
      const { at, problem } = readState(root).checked ?? {};
      if (at === undefined || problem === undefined) return Promise.resolve(null);
      return Promise.resolve({ expected: `an answer at ${at.slice(0, 16)}Z`, actual: problem });
    },
  };
}

/** Behind what the registry has, by somebody's word or because it did not start: nothing will change that by itself. */
export function heldBack(root: string): Check {
  return {
    id: "update-held",
    title: "newest Claude Code",
    why: "this version stays until a newer one than that is out",
    severity: "warning",
    fix: [["claude-ops", "update", "--check"]],
    async read() {
      const { held, checked } = readState(root);
      const current = await new Versions(root).current();
      const one = held.find(({ version }) => version === checked?.available);
      if (one === undefined || current === undefined || !semver.gt(one.version, current)) return null;
      return {
        expected: one.version,
        actual: `${current}: ${one.version} is held back, ${one.reason}`,
        fix: [["claude-ops", "update", "--to", one.version]],
      };
    },
  };
}

function days(ms: number): string {
  const hours = Math.round(ms / 3_600_000);
  return hours % 24 === 0 ? plural(hours / 24, "day") : plural(hours, "hour");
}

const plural = (count: number, unit: string) => `${count} ${unit}${count === 1 ? "" : "s"}`;
