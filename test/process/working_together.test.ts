import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { Stage, stepsOf } from "./page.ts";

const page = "docs/working-together.md";

/** What differs from run to run: times, ages, pids, how wide columns are, where the project is. */
function alike(text: string, project: string): string {
  return text.replaceAll(project, "/home/ann/shop")
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+Z)?/g, "TIME")
    .replace(/\b\d+ (s|min)\b/g, "AGE")
    .replace(/^(\w+ +)\d+( +(live|busy|idle))/gm, "$1PID$2")
    .replace(/ +/g, " ").trimEnd();
}

test("the page about working together shows what its commands print", async () => {
  const stage = new Stage();
  const git = ["init", "-q", "-b", "main", stage.host.work];
  expect(spawnSync("git", git, { env: stage.host.env }).status).toBe(0);
  const steps = stepsOf(page);
  expect(steps.length).toBeGreaterThan(40);
  for (const step of steps) {
    const printed = await stage.run(step);
    const shown = `${step.session}$ ${step.command}\n`;
    expect(shown + alike(printed, stage.host.work)).toBe(shown + alike(step.expected, "/home/ann/shop"));
  }
}, 120_000);
