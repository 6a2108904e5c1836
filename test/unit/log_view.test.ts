import { expect, test } from "vitest";
import { displayWidth } from "../../src/cli/output.ts";
import { LogView } from "../../src/commands/log/view.ts";
import { noTerminal } from "./no_terminal.ts";

const reason = "the npm registry at registry.example cannot be reached: EAI_AGAIN";
const failed = {
  time: "2026-05-01T12:00:00.000Z",
  event: "failed",
  by: "claude",
  reason,
};

test("what happened stands beside its columns where there is room, below them where there is not", () => {
  const shown = (columns: number) =>
    new LogView({ ...noTerminal, columns }, []).show([failed]).trimEnd().split("\n");
  expect(shown(Infinity)[1]).toMatch(/failed .*EAI_AGAIN$/);
  for (const width of [60, 80, 110]) {
    const lines = shown(width);
    expect(lines.slice(1).every((line) => displayWidth(line) <= Math.max(width, 61))).toBe(true);
    expect(lines.join(" ").replace(/\s+/g, " ")).toContain(reason);
  }
  expect(shown(80)[2]).toBe(`    ${reason}`);
});
