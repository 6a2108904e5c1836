import { lstatSync } from "node:fs";
import type { Config } from "../config/schema.ts";
import { compiled } from "../runtime/self.ts";
import { stepFrom } from "../cli/steps.ts";
import { explainFailure, problemFrom } from "../errors.ts";
import { runAsUser } from "./as_user.ts";
import { configuration } from "./checks/config.ts";
import { homeChecks, machineChecks } from "./checks/list.ts";
import { converge } from "./converge.ts";
import { diagnose, type Finding, findingsFrom } from "./diagnose.ts";
import { fixAsRoot } from "./fix_as_root.ts";
import { type Installation, installation, type Scope } from "./installation.ts";
import { homeOf } from "./install.ts";
import { loginShellProfile } from "./login_shells.ts";
import { machineProfile } from "./machine.ts";
import { personalProfile } from "./personal.ts";
import { allRecords, wishOfInstall } from "./records.ts";
import { readOnlyProfile } from "./shared.ts";
import type { Check, Report, Resource, Step } from "./resource.ts";
import { findAccount } from "../runtime/account.ts";
import { beside } from "./resources/beside_others.ts";
import { claudeCode } from "./resources/claude_code.ts";
import { fromRegistry } from "./resources/claude_source.ts";

export interface Diagnosis {
  findings: Finding[];
  /** How many things were looked at. */
  checked: number;
  /** What `--fix` did. */
  fixed: Step[];
}

export interface DoctorRequest {
  scope: Scope;
  fix: boolean;
  config: Config;
  report: Report;
}

/** Looks at the same desired states that install brings about, and at what has no state; with `fix`, mends them. */
export async function doctor(request: DoctorRequest): Promise<Diagnosis> {
  const place = installation(request.scope);
  if (request.scope !== "system") {
    const personal = request.scope === "personal";
    const profile = personal
      ? [
        ...personalProfile(place.home, process.env, wholeProgram(place)),
        claudeCode(
          place.versions,
          request.config.claude.version || "any",
          fromRegistry(request.config.claude.channel),
          { beside: beside(place) },
        ),
      ]
      : homeOf(place);
    const checks = [
      configuration(false),
      ...(personal ? machineChecks(place, request.config) : []),
      ...homeChecks(place, request.config),
    ];
    return await treat(profile, checks, request);
  }
  const records = allRecords();
  const users = records.map(({ user }) => user);
  // A channel moves on by itself: what was the latest when it was installed is not wrong today.
  const wish = request.config.claude.version || (wishOfInstall() ?? "any");
  const profile = [
    ...machineProfile({ records, users, source: wholeProgram(place) }),
    claudeCode(place.versions, wish, fromRegistry(request.config.claude.channel), {
      needs: ["dir:versions"],
      beside: beside(place),
    }),
    ...loginShellProfile(records, users),
  ];
  const whole = await treat(
    profile,
    [configuration(true), ...machineChecks(place, request.config, users)],
    request,
  );
  for (const user of users) add(whole, user, await examineHome(request, user));
  // After the homes that they are in.
  const shared = await treat(readOnlyProfile(records), [], request);
  return {
    findings: [...whole.findings, ...shared.findings],
    checked: whole.checked + shared.checked,
    fixed: [...whole.fixed, ...shared.fixed],
  };
}

/** Where the program at its place is lost, the one that looks takes it. */
function wholeProgram(place: Installation): string {
  const there = lstatSync(place.program, { throwIfNoEntry: false })?.isFile();
  return there || !compiled ? place.program : process.execPath;
}

async function treat(
  profile: readonly Resource[],
  checks: readonly Check[],
  request: DoctorRequest,
): Promise<Diagnosis> {
  const all = [...profile, ...checks];
  const fix = "claude-ops doctor --fix";
  const findings = await diagnose(all, fix);
  const ids = new Set(profile.map(({ id }) => id));
  if (!request.fix || !findings.some(({ id }) => ids.has(id))) {
    return { findings, checked: all.length, fixed: [] };
  }
  // All of it, not only what was found: a cause that is mended may show what else is wrong.
  const acted = (step: Step) => step.status === "changed" || step.status === "failed";
  const steps = await converge(profile, { report: (step) => acted(step) && request.report(step) });
  return { findings: await diagnose(all, fix), checked: all.length, fixed: steps.filter(acted) };
}

/** A managed user's home, looked at by a process of that user. */
async function examineHome(request: DoctorRequest, user: string): Promise<Diagnosis> {
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
  return {
    id: "home",
    status: "unknown",
    title: `home of ${user}`,
    expected: "to be able to tell",
    actual: `could not check: ${reason}`,
    why: "nobody knows whether sessions start there",
    fix: `sudo -iu ${user} claude-ops doctor`,
  };
}

/** The cause of what is wrong in a home may be outside: the home itself is not the user's, the program does not start. */
function add(whole: Diagnosis, user: string, part: Diagnosis): void {
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
    const fix = fixAsRoot(finding.fix, user);
    return { ...finding, id: own(finding.id), fix, ...(causedBy ? { causedBy } : {}) };
  }));
}
