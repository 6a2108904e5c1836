import { expect, test } from "vitest";
import { stepFrom } from "../../src/cli/steps.ts";
import { renderRunning } from "../../src/cli/running.ts";
import { advance, renderFinished, renderSummary } from "../../src/cli/steps.ts";
import { rowsOf } from "../../src/commands/log/here.ts";
import { LogView } from "../../src/commands/log/view.ts";
import { readable } from "../../src/commands/readable.ts";
import { diagnosisFrom } from "../../src/commands/doctor/diagnosis_from.ts";
import { renderDiagnosis } from "../../src/commands/doctor/render_diagnosis.ts";
import { renderReport } from "../../src/commands/cleanup/report.ts";
import { renderSessions } from "../../src/commands/session/list_work.ts";
import { Failure, problemFrom } from "../../src/errors.ts";
import { findingsFrom } from "../../src/host/diagnose.ts";
import { harmless } from "../../src/cli/text.ts";
import { parseFacts } from "../../src/remote/probe.ts";
import { COUNT, forAll } from "./generated.ts";
import { expectHarmless, noTerminal } from "./no_terminal.ts";

// What a host that is not to be trusted may answer.

test(`of ${COUNT} steps that a host tells of each is shown, or passed over`, async () => {
  const error = { message: "m", hint: "h", code: "c", exit: 5 };
  const step = { id: "i", title: "t", status: "failed", changed: true, detail: "d", error, host: "other" };
  await forAll((make) => {
    const told = stepFrom(make.like({ ...step, status: make.one(["ok", "changed", "failed", "running"]) }));
    if (told === undefined) return;
    expect(Object.keys(told)).not.toContain("host");
    const state = advance([], told);
    const shown = [
      renderFinished(state, told, true, noTerminal.style) ?? "",
      renderRunning(state, 0, { columns: 80, rows: 24 }, noTerminal.style),
      renderSummary(state, noTerminal.style),
    ];
    shown.forEach((text) => expectHarmless(text));
  });
});

test(`of ${COUNT} failures that a host tells of each has a message, and decides over nothing here`, async () => {
  await forAll((make) => {
    const problem = problemFrom(
      make.like({ message: "m", hint: "h", code: "c", exit: 5, details: { a: 1 } }),
    );
    expect(problem.message).toMatch(/^/);
    expect(["string", "undefined"]).toContain(typeof problem.hint);
    expect(Object.keys(problem).filter((name) => !["message", "hint", "code"].includes(name))).toEqual([]);
  });
});

const session = {
  ...{
    id: "i",
    name: "n",
    project: "/p",
    cwd: "/p",
    branch: "b",
    state: "busy",
    live: true,
    detached: false,
  },
  ...{
    pid: 1,
    memory: 5,
    version: "2",
    startedAt: "2026-01-02T03:04:05Z",
    stateSince: null,
    waitingFor: "w",
  },
};
const finding = { id: "i", status: "broken", title: "t", expected: "e", actual: "a", why: "w", fix: "f" };
const commands = [["claude-ops", "doctor"], ["rm", "f"]];
const withFix = { ...finding, commands, fixFromAfar: ["claude-ops", "install"] };
const action = { kind: "trash", id: "i", name: "n", reason: "r", action: "trash", archived: false, freed: 5 };
const row = {
  time: "2026-01-02T03:04:05Z",
  event: "updated",
  from: "1",
  to: "2",
  reason: "r",
  waiting_for: "a,b",
};
const unmanaged = { pid: 5, cwd: "/c", name: "n", startedAt: "2026-01-02T03:04:05Z", version: "2" };
// deno-lint-ignore no-explicit-any
const answers: [string, unknown, (told: any) => string][] = [
  [
    "session list",
    { sessions: [session, session], older: 1, registered: [], unmanaged: [unmanaged] },
    (told) => renderSessions(told, noTerminal),
  ],
  [
    "doctor",
    { scope: "home", findings: [finding, withFix], checked: 1, fixed: [] },
    (told) => renderDiagnosis(diagnosisFrom(told), noTerminal),
  ],
  [
    "cleanup",
    { dryRun: false, actions: [action, action], freed: 5 },
    (told) => renderReport(told, noTerminal),
  ],
  ["log", { events: [row, row] }, (told) => new LogView(noTerminal, []).folded(rowsOf(told.events))],
];

test.each(answers)(
  `of ${COUNT} answers to %s each is shown, or that host's failure`,
  async (_name, right, show) => {
    expect(show(right)).toMatch(/\w/);
    let shown = 0;
    await forAll((make) => {
      const told = make.like(right);
      try {
        readable(told, show);
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
        expect((error as Failure).code).toBe("bad-answer");
        return;
      }
      shown++;
      expectHarmless(harmless(show(told)));
    });
    expect(shown).toBeGreaterThan(0);
  },
);

test(`of ${COUNT} events of a log that a host tells of none hinders the others`, async () => {
  await forAll((make) => {
    const rows = rowsOf([make.like(row), make.value(), row]);
    expect(rows.length).toBeGreaterThan(0);
    expectHarmless(harmless(new LogView(noTerminal, []).folded(rows)));
  });
});

test(`of ${COUNT} diagnoses of a user's process root's own is never spoiled`, async () => {
  await forAll((make) => {
    const findings = findingsFrom([make.like(finding), make.like(withFix), make.value(), finding]);
    expectHarmless(
      harmless(renderDiagnosis({ scope: "system", findings, checked: 1, fixed: [] }, noTerminal)),
    );
  });
});

test(`of ${COUNT} answers to the first question each is facts, or none`, async () => {
  const said =
    "---8<--- claude-ops facts\nkernel=Linux\nmachine=x86_64\nhostname=h\nglibc=glibc 2.36\nuid=0\n" +
    "free.bin=5\nmemory=5\nsize=5\nsha256=ab\n--->8--- claude-ops facts\n";
  await forAll((make) => {
    try {
      const facts = parseFacts(make.damaged(said), "box");
      if (facts) expect(["x64", "arm64"]).toContain(facts.arch);
    } catch (error) {
      expect(error).toBeInstanceOf(Failure);
    }
  });
});
