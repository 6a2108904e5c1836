import { expect, test } from "vitest";
import {
  advance,
  type ProgressState,
  type ProgressStep,
  renderFinished,
  renderSummary,
} from "../../src/cli/steps.ts";
import { renderQuiet, renderRunning } from "../../src/cli/running.ts";
import { LastNews } from "../../src/cli/last_news.ts";
import { displayWidth } from "../../src/cli/output.ts";
import { createStyle } from "../../src/cli/style.ts";

const style = createStyle(false, true);
const screen = { columns: 80, rows: 24 };
const after = (...steps: ProgressStep[]): ProgressState => steps.reduce(advance, []);
const step = (
  id: string,
  status: ProgressStep["status"],
  more: Partial<ProgressStep> = {},
): ProgressStep => ({
  id,
  title: `the ${id}`,
  status,
  ...more,
});

test("a second run is calm: nothing but how many were looked at", () => {
  const state = after(step("user", "running"), step("user", "ok"), step("sudo", "ok"));
  expect(state.map((each) => renderFinished(state, each, false, style))).toEqual([undefined, undefined]);
  expect(renderSummary(state, style)).toBe("nothing to change (2 checked)");
});

test("what changed or failed stays as a line, with its hint", () => {
  const state = after(step("sudo", "changed", { detail: "created" }));
  expect(renderFinished(state, state[0]!, false, style)).toBe("✓ the sudo  created");
  const failed = step("net", "failed", { error: { message: "no \x1b[2Jroute", hint: "look at the cable" } });
  expect(renderFinished(state, failed, false, style)).toBe(
    "✗ the net  no \\e[2Jroute\n  hint: look at the cable",
  );
  expect(renderFinished(state, step("x", "would-change", { detail: "missing" }), false, style)).toBe(
    "→ the x  missing",
  );
  expect(renderFinished(state, step("x", "ok"), true, style)).toBe("✓ the x");
  const long = step("x", "would-change", {
    detail: "would be created: file 0644 root, as this version writes it",
  });
  expect(renderFinished(state, long, false, style, 60)).toBe(
    "→ the x  would be created: file 0644 root, as this version\n    writes it",
  );
});

test("the summary counts each kind", () => {
  const state = after(
    step("a", "changed"),
    step("b", "ok"),
    step("c", "ok"),
    step("d", "failed"),
    step("e", "skipped"),
  );
  expect(renderSummary(state, style)).toBe("1 changed, 1 failed, 1 skipped, 2 already right");
  expect(renderSummary(after(step("a", "would-change")), style)).toBe("1 would change");
  expect(renderSummary(after(step("a", "changed"), step("b", "ok")), style, "removed")).toBe(
    "1 removed, 1 left alone",
  );
  expect(renderSummary([], style)).toBe("");
});

test("several hosts have a line each while they run and in the summary", () => {
  const state = after(
    step("a", "changed", { host: "one" }),
    step("b", "running", { host: "one", detail: "fetching" }),
    step("a", "running", { host: "second" }),
    step("a", "ok", { host: "third" }),
  );
  expect(renderRunning(state, 0, screen, style, 50)).toBe(
    "⠋ one     the b  fetching\n⠋ second  the a\n  0 of 50 hosts done",
  );
  expect(renderFinished(state, state[0]!, false, style)).toBe("✓ one     the a");
  expect(renderSummary(after(step("a", "changed", { host: "one" }), step("a", "ok", { host: "two" })), style))
    .toBe("one  1 changed\ntwo  nothing to change (1 checked)");
});

test("running work never takes more than the width of the terminal, whatever a host says", () => {
  const state = after(step("a", "running", { detail: "日本語\x1b[31m ".repeat(40) }));
  for (const columns of [20, 40, 80]) {
    for (const line of renderRunning(state, 3, { columns, rows: 24 }, style).split("\n")) {
      expect(displayWidth(line)).toBeLessThan(columns);
      expect(line).not.toContain("\x1b");
    }
  }
});

test("of fifty hosts those at work have a line, as many as there is room for, and how many are done is counted", () => {
  const whole = (host: number, status: ProgressStep["status"], title: string): ProgressStep => ({
    ...step("host", status, { host: `web-${host}` }),
    ...{ title, whole: true },
  });
  const state = after(
    ...Array.from({ length: 12 }, (_, n) => whole(n + 10, "running", "connecting")),
    step("b", "running", { host: "web-10", detail: "fetching" }),
    whole(11, "ok", "done"),
    { ...whole(12, "failed", ""), error: { message: "no route", hint: "look at the cable" } },
  );
  const lines = renderRunning(state, 0, { columns: 80, rows: 8 }, style, 50).split("\n");
  expect(lines).toEqual([
    "⠋ web-10  the b  fetching",
    ...["13", "14", "15", "16"].map((n) => `⠋ web-${n}  connecting`),
    "  2 of 50 hosts done, 1 failed",
  ]);
  // In a log, each line begins with a sign and the host; what helps is told at the end.
  expect(state.map((each) => renderFinished(state, each, true, style)).filter(Boolean)).toEqual([
    "✗ web-12  no route",
  ]);
  expect(renderSummary(state, style)).toBe("web-10  nothing to change (0 checked)");
});

test("a host that was not heard of for long is said so: on a terminal, and in a log at longer and longer times", () => {
  let now = 0;
  const news = new LastNews(() => now);
  const state = after(
    step("a", "running", { host: "one", detail: "fetching" }),
    step("a", "running", { host: "second" }),
    step("a", "ok", { host: "third" }),
  );
  for (const { host } of state) news.heard(host);
  const shown = (columns = 60) =>
    renderRunning(state, 0, { columns, rows: 24 }, style, 3, (host) => news.words(host)).split("\n");
  const logged: [number, string][] = [];
  const running = "⠋ one     the a  fetching";
  for (now = 1; now <= 300; now++) {
    if (now < 100) news.heard("second");
    const lines = renderQuiet(state, style, (host) => news.due(host));
    if (lines) logged.push([now, lines]);
    if (now === 9) expect(shown()[0]).toBe(running);
    if (now === 12) {
      expect(shown().slice(0, 2)).toEqual([`${running}  nothing new for 12 s`, "⠋ second  the a"]);
    }
    if (now === 12) expect(shown(20)[0]!.length).toBeLessThan(20);
  }
  expect(logged).toEqual([
    [30, "· one     the a  fetching  nothing new for 30 s"],
    [60, "· one     the a  fetching  nothing new for 60 s"],
    [120, "· one     the a  fetching  nothing new for 2 min"],
    [129, "· second  the a  nothing new for 30 s"],
    [159, "· second  the a  nothing new for 60 s"],
    [219, "· second  the a  nothing new for 2 min"],
    [240, "· one     the a  fetching  nothing new for 4 min"],
  ]);
  // What was asked meanwhile does not count, and news begin anew.
  news.restart();
  now += 20;
  news.heard("one");
  expect(shown().slice(0, 2)).toEqual([running, "⠋ second  the a  nothing new for 20 s"]);
});
