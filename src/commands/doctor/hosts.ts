import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { Exit } from "../../errors.ts";
import { mendedBy } from "../../host/diagnose.ts";
import type { Diagnosis } from "../../host/doctor.ts";
import { runThere } from "../../remote/run_there.ts";
import { type ConnectionOptions, hostsOutcome, onHosts } from "../on_hosts.ts";
import { fixFromHere } from "./fix_from_here.ts";
import { readable } from "../readable.ts";
import { diagnosisFrom } from "./diagnosis_from.ts";
import { renderDiagnoses } from "./render_diagnoses.ts";
import { renderDiagnosis } from "./render_diagnosis.ts";

/** `doctor TARGET…`: claude-ops looks on each host, here it is shown. */
export async function doctorHosts(
  targets: string[],
  options: ConnectionOptions & { fix: boolean },
  io: Io,
): Promise<Outcome> {
  const words = ["doctor", ...(options.fix ? ["--fix"] : [])];
  const results = await onHosts(targets, options, io, async (connection) => {
    const told = readable<Diagnosis>(
      await runThere(connection, words),
      (told) => renderDiagnosis(diagnosisFrom(told), io),
    );
    const diagnosis = diagnosisFrom(told);
    const way = {
      target: connection.target,
      user: connection.settings.user,
      configFile: options["ssh-config"],
    };
    const findings = diagnosis.findings.map((finding) =>
      mendedBy(fixFromHere(finding, diagnosis.scope, way), finding)
    );
    return { ...diagnosis, findings };
  });
  return hostsOutcome(results, {
    render: (diagnoses) =>
      diagnoses.length > 1
        ? renderDiagnoses(diagnoses, io)
        : renderDiagnosis(diagnoses[0]!, io, diagnoses[0]!.host),
    exit: ({ findings }) => findings.length > 0 ? Exit.findings : Exit.ok,
  });
}
