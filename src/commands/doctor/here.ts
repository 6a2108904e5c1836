import { existsSync } from "node:fs";
import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { loadConfig } from "../../config/load.ts";
import { ConfigFailure } from "../../config/problem.ts";
import { configOf } from "../../config/schema.ts";
import { Exit, Failure } from "../../errors.ts";
import { doctor } from "../../host/doctor.ts";
import { detectScope, installation, type Scope } from "../../host/installation.ts";
import { calledAs } from "../../runtime/called_as.ts";
import { renderDiagnosis } from "./render_diagnosis.ts";

/** `doctor` on this machine. */
export async function doctorHere(
  options: { fix: boolean; scope: Scope | undefined },
  io: Io,
): Promise<Outcome> {
  const scope = options.scope ?? detectScope();
  if (options.scope === undefined && scope === "personal") requireInstalled();
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

/** @throws Failure where there is nothing at all to look at: each missing file would say the same. */
function requireInstalled(): void {
  const { home, program, versions } = installation("personal");
  if ([program, versions, `${home}/.claude/bin`, `${home}/.claude/ops`].some((path) => existsSync(path))) {
    return;
  }
  throw new Failure("claude-ops is not installed for you on this machine", {
    hint: `${calledAs()} install sets it up for yourself; ${calledAs()} doctor root@HOST looks at a host`,
    code: "not-installed",
  });
}
