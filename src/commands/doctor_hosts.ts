import type { Outcome } from "../cli/command.ts";
import { renderDiagnosis, type ShownDiagnosis } from "../cli/findings.ts";
import type { Io } from "../cli/io.ts";
import { startProgress } from "../cli/progress.ts";
import { Exit } from "../errors.ts";
import { runThere } from "../remote/run_there.ts";
import { type ConnectionOptions, onHosts, renderProblems } from "./on_hosts.ts";

/** `doctor TARGET…`: claude-ops looks on each host, here it is shown. */
export async function doctorHosts(
  targets: string[],
  options: ConnectionOptions & { fix: boolean },
  io: Io,
): Promise<Outcome> {
  const progress = startProgress(io);
  const words = ["doctor", ...(options.fix ? ["--fix"] : [])];
  const results = await onHosts(targets, options, io, progress, async (connection, host) => {
    const diagnosis = await runThere(connection, words) as unknown as ShownDiagnosis;
    const fix = (text: string) =>
      text.replace(/^claude-ops doctor --fix$/, `claude-ops doctor ${host} --fix`).replace(
        /\bTARGET\b/,
        host,
      );
    return {
      ...diagnosis,
      findings: diagnosis.findings.map((finding) => ({ ...finding, fix: fix(finding.fix) })),
    };
  }).finally(() => progress.stop());
  const data = results.map((result) =>
    result.ok ? { host: result.host, ...result.value } : { host: result.host, error: result.problem }
  );
  const failed = results.some(({ ok }) => !ok);
  const found = results.some((result) => result.ok && result.value.findings.length > 0);
  return {
    data: data.length === 1 ? data[0] : { hosts: data },
    render: () => {
      const shown = results.flatMap((result) =>
        result.ok ? [renderDiagnosis(result.value, io, result.host)] : []
      );
      return [...shown, renderProblems(results, io)].filter(Boolean).join("\n");
    },
    exit: failed ? Exit.failed : found ? Exit.findings : Exit.ok,
  };
}
