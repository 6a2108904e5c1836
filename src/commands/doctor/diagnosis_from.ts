import { stepFrom } from "../../cli/steps.ts";
import { findingsFrom } from "../../host/diagnose.ts";
import type { Diagnosis } from "../../host/doctor.ts";

/** What another machine says that its doctor found, as far as that can be shown. */
export function diagnosisFrom({ scope, findings, checked, fixed }: Diagnosis): Diagnosis {
  return {
    scope: scope === "home" || scope === "personal" ? scope : "system",
    findings: findingsFrom(findings),
    checked: Number(checked) || 0,
    fixed: fixed.flatMap((step) => stepFrom(step) ?? []),
  };
}
