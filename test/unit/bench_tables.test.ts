import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { compare, took } from "../bench/report.ts";
import { toMarkdown, toTerminal } from "../bench/tables.ts";

test("times are shown as their median and quartiles", () => {
  expect(took([12.345])).toBe("12.3 ms");
  expect(took([1, 2, 3, 4, 5])).toBe("3.00 ms (2.00–4.00)");
  expect(took([1400, 1500, 1600])).toBe("1.50 s (1.45–1.55)");
});

test("a goal is said to be met or missed, in the terminal and on the page, and a part that failed is named", () => {
  const parts = [
    { name: "fast", rows: [compare("start", [10, 12, 11], "bash", [20, 22, 24], 0.75)] },
    {
      name: "slow",
      rows: [compare("install", [30], "rsync", [20], 1.2), { what: "beside", measured: "3 a|b" }],
    },
    { name: "memory", rows: [{ what: "left", measured: "0 B", goal: { text: "0 B", met: true } }] },
    { name: "broken" },
  ];
  const screen = stripVTControlCharacters(toTerminal(parts));
  expect(screen).toMatch(/^start +11\.0 ms \(10\.5–11\.5\) +0\.50 × +≤ 0\.75 × +met\n +bash: 22\.0 ms /);
  expect(screen).toMatch(/install +30\.0 ms +1\.50 × +≤ 1\.2 × +missed/);
  expect(screen).toContain("broken could not be measured");
  const page = toMarkdown(parts);
  expect(page).toMatch(/^2 of 3 goals are met\.\n\n\*\*broken could not be measured\.\*\*/);
  expect(page).toContain("| install | 30.0 ms | rsync: 20.0 ms | 1.50 × | ≤ 1.2 × **missed** |");
  expect(page).toMatch(/left .* 0 B met/);
  expect(page.split("## What was measured beside")[1]).toContain("| beside | 3 a\\|b | - | - |");
});
