import { expect, test } from "vitest";
import { renderDiagnoses } from "../../src/commands/doctor/render_diagnoses.ts";
import { type Finding, mendedBy } from "../../src/host/diagnose.ts";
import { noTerminal } from "./no_terminal.ts";

const timer = (host: string, more: Partial<Finding> = {}): Finding =>
  mendedBy([["claude-ops", "doctor", host, "--fix"]], {
    ...{ id: "timer:x", status: "broken", title: "the timer", actual: "disabled", expected: "enabled" },
    ...{ why: "disks fill", fix: "", commands: [], ...more },
  });

test("of several hosts each finding is told once, with its hosts in the command that mends it, and all are in one table", () => {
  const disk = timer("c", { id: "disk", status: "warning", title: "disk", actual: "full" });
  const text = renderDiagnoses([
    { scope: "system", host: "a", checked: 40, findings: [timer("a")], fixed: [] },
    { scope: "system", host: "b", checked: 40, findings: [], fixed: [] },
    {
      scope: "system",
      host: "c",
      checked: 41,
      findings: [timer("c"), disk, { ...disk, id: "copy", title: "backup", causedBy: "disk" }],
      fixed: [],
    },
    { scope: "system", host: "d", checked: 41, findings: [timer("d", { actual: "masked" })], fixed: [] },
  ], noTerminal);
  expect(text.match(/the timer/g)).toHaveLength(2);
  expect(text).toMatch(/on +a, c\n +is +disabled\n(.*\n)+? +fix +claude-ops doctor a c --fix\n/);
  expect(text).toMatch(/on +d\n +is +masked\n(.*\n)+? +fix +claude-ops doctor d --fix\n/);
  expect(text).toMatch(/on +c\n +is +full\n(.*\n)+? +and so +backup\n/);
  expect(text.split("\n\n").at(-1)).toBe([
    "HOST  BROKEN  TO KNOW  NOT CHECKED  LOOKED AT",
    "a          1        0            0         40",
    "b          0        0            0         40",
    "c          1        2            0         41",
    "d          1        0            0         41",
    "",
  ].join("\n"));
});
