import { expect, test } from "vitest";
import { renderReport } from "../../src/commands/cleanup/report.ts";
import { againWords, tellFailures } from "../../src/commands/host_failures.ts";
import { eventLine } from "../../src/commands/together/event_text.ts";
import { asTypedHere, fromAfar } from "../../src/host/from_afar.ts";
import { noTerminal } from "./no_terminal.ts";

test("the failed hosts are tried again by a command to be typed, unless a host's name may also be something else", () => {
  expect(againWords(["cleanup", "--dry-run", "a", "b"], ["a", "b"])).toEqual([
    "cleanup",
    "--dry-run",
    "@failed",
  ]);
  expect(againWords(["install", "dev", "b", "--user", "dev"], ["dev", "b"])).toBeUndefined();
});

test("what the failed hosts are told fits into the terminal, also a narrow one", () => {
  const problem = {
    message: "nothing listens on port 22 of 10.214.0.99",
    hint: "is sshd running there, and is it on?",
  };
  for (const errorColumns of [40, 60, 80]) {
    let told = "";
    tellFailures([{ host: "root@devbox", problem }], 3, ["status", "@failed"], {
      ...noTerminal,
      errorColumns,
      stderr: (text) => told += text,
    });
    expect(told.replace(/\s+/g, " ")).toContain(
      `root@devbox ${problem.message} hint: ${problem.hint} hint: only`,
    );
    expect(told).toContain("claude-ops status @failed\n");
    expect(Math.max(...told.split("\n").map((line) => line.length))).toBeLessThanOrEqual(errorColumns);
  }
});

test("an event that is longer than the terminal goes on below, in line with itself", () => {
  const event = {
    number: 1,
    at: "2026-05-01T12:00:00Z",
    type: "claimed",
    source: "bash (2291)",
    message: "",
    data: {},
  };
  const long = { ...event, message: "issue:15, from bash (504), which has ended meanwhile" };
  const lines = eventLine(long, { ...noTerminal, columns: 80 }).split("\n");
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/^ {49}\S/);
  expect(eventLine(long, { ...noTerminal, columns: Infinity })).not.toContain("\n");
});

test("a host's hint for whoever set it up reads there as it can be typed", () => {
  const hint = `check the network; or ${fromAfar("install --via-ssh")}`;
  expect(asTypedHere(hint, "dist/claude-ops", "root@devbox:2222")).toBe(
    "check the network; or from here: dist/claude-ops install --via-ssh root@devbox:2222",
  );
  expect(asTypedHere("free some space", "claude-ops", "root@devbox")).toBe("free some space");
});

test("of several hosts a cleanup names those that have nothing to tidy up", () => {
  const nothing = { dryRun: true, actions: [], freed: 0 };
  const action = { kind: "session", id: "1", name: "old", reason: "30 days", action: "trash" } as const;
  const some = { ...nothing, actions: [{ ...action, archived: true, freed: 0, target: "c" }] };
  expect(renderReport(nothing, noTerminal)).toBe("nothing to tidy up");
  expect(renderReport(nothing, noTerminal, ["a", "b"])).toBe("nothing to tidy up on a and b");
  expect(renderReport(some, noTerminal, ["a", "b"])).toMatch(
    /^HOST .*\nc .*\n\n.*\nnothing to tidy up on a and b$/,
  );
  expect(renderReport(nothing, noTerminal, ["a", "b", "c", "d"])).toBe(
    "nothing to tidy up on a, b and 2 more",
  );
});
