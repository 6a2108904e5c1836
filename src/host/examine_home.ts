import { stepFrom } from "../cli/steps.ts";
import { explainFailure, problemFrom } from "../errors.ts";
import { findAccount } from "../runtime/account.ts";
import { runAsUser } from "./as_user.ts";
import { type Examined, type Finding, findingsFrom, mendedBy } from "./diagnose.ts";
import { fixAsRoot, fixLine } from "./fix.ts";
import type { Report } from "./resource.ts";

/** A managed user's home, looked at by a process of that user. */
export async function examineHome(
  user: string,
  request: { fix: boolean; report: Report },
): Promise<Examined> {
  const account = findAccount(user);
  if (!account || account.uid === 0) return { findings: [], checked: 0, fixed: [] };
  const words = ["doctor", "--scope", "home", ...(request.fix ? ["--fix"] : [])];
  const report = (line: object) => {
    const step = stepFrom(line);
    if (step) request.report({ ...step, id: `${user}/${step.id}` });
  };
  let reason = "no findings came back";
  try {
    const said = await runAsUser(account, words, report);
    const { findings, checked, fixed } = said;
    if (Array.isArray(findings)) {
      const steps = Array.isArray(fixed) ? fixed.flatMap((step) => stepFrom(step) ?? []) : [];
      return { findings: findingsFrom(findings), checked: Number(checked) || 0, fixed: steps };
    }
    if (said.error !== undefined) reason = problemFrom(said.error).message;
  } catch (error) {
    reason = explainFailure(error).message;
  }
  return { findings: [unseen(user, reason)], checked: 1, fixed: [] };
}

function unseen(user: string, reason: string): Finding {
  const commands = [["sudo", "-iu", user, "claude-ops", "doctor"]];
  return {
    id: "home",
    status: "unknown",
    title: `home of ${user}`,
    expected: "to be able to tell",
    actual: `could not check: ${reason}`,
    why: "nobody knows whether sessions start there",
    fix: fixLine(commands),
    commands,
  };
}

/** The cause of what is wrong in a home may be outside: the home itself is not the user's, the program does not start. */
export function addHome(whole: Examined, user: string, part: Examined): void {
  const own = (id: string) => `${user}/${id}`;
  const outside = ({ id, status }: Finding) => {
    const causes = [`user:${user}`, `owner:${user}`];
    if (status === "unknown") causes.push("binary");
    if (id === "config") causes.push("config");
    if (id.startsWith("job:")) causes.push(`timer:${id.slice(4)}@${user}`, "cron");
    return whole.findings.find((other) => other.status === "broken" && causes.includes(other.id))?.id;
  };
  whole.checked += part.checked;
  whole.fixed.push(...part.fixed.map((step) => ({ ...step, id: own(step.id) })));
  whole.findings.push(...part.findings.map((finding) => {
    const causedBy = outside(finding) ?? (finding.causedBy && own(finding.causedBy));
    const told = { ...finding, id: own(finding.id), ...(causedBy ? { causedBy } : {}) };
    return mendedBy(fixAsRoot(finding.commands, user), told);
  }));
}
