import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { loadConfig } from "../../config/load.ts";
import { ConfigFailure } from "../../config/problem.ts";
import { configOf } from "../../config/schema.ts";
import { Exit } from "../../errors.ts";
import { doctor } from "../../host/doctor.ts";
import { detectScope, type Scope } from "../../host/installation.ts";
import { renderDiagnosis } from "./render_diagnosis.ts";

/** `doctor` on this machine. */
export async function doctorHere(
  options: { fix: boolean; scope: Scope | undefined },
  io: Io,
): Promise<Outcome> {
  const scope = options.scope ?? detectScope();
  const config = await loadConfig({ system: scope === "system" }).catch((error) => {
    if (error instanceof ConfigFailure) return configOf(new Map()); // one of the findings
    throw error;
  });
  const diagnosis = await doctor({ scope, fix: options.fix, config, report: (step) => io.event(step) });
  return {
    data: diagnosis,
    render: () => renderDiagnosis(diagnosis, io),
    exit: diagnosis.findings.length > 0 ? Exit.findings : Exit.ok,
  };
}
