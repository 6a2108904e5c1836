import type { Config } from "../config/schema.ts";
import { runAsUser } from "./as_user.ts";
import { homeChecks, machineChecks } from "./checks/list.ts";
import { converge } from "./converge.ts";
import { diagnose, type Finding } from "./diagnose.ts";
import { homeProfile } from "./home.ts";
import { installation, type Scope } from "./installation.ts";
import { machineProfile } from "./machine.ts";
import { personalProfile } from "./personal.ts";
import { allRecords } from "./records.ts";
import type { Check, Report, Resource, Step } from "./resource.ts";
import { findAccount } from "../runtime/account.ts";
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
        ...personalProfile(place.home, process.env, place.program),
        claudeCode(place.versions, "any", fromRegistry(request.config.claude.channel)),
      ]
      : homeProfile(place);
    const checks = [...(personal ? machineChecks(place, request.config) : []), ...homeChecks(place)];
    return await treat(profile, checks, request);
  }
  const records = allRecords();
  const users = records.map(({ user }) => user);
  // A channel moves on by itself: what was the latest when it was installed is not wrong today.
  const wish = records.map(({ claude }) => claude).find((claude) => /^\d|^none$/.test(claude)) ?? "any";
  const profile = [
    ...machineProfile({ records, users, source: place.program }),
    claudeCode(place.versions, wish, fromRegistry(request.config.claude.channel)),
  ];
  const whole = await treat(profile, machineChecks(place, request.config, users), request);
  for (const user of users) add(whole, user, await examineHome(request, user));
  return whole;
}

async function treat(
  profile: readonly Resource[],
  checks: readonly Check[],
  request: DoctorRequest,
): Promise<Diagnosis> {
  const all = [...profile, ...checks];
  const fix = "claude-ops doctor --fix";
  let findings = await diagnose(all, fix);
  let fixed: Step[] = [];
  if (request.fix) {
    const sick = new Set(findings.filter(({ status }) => status === "broken").map(({ id }) => id));
    fixed = await converge(profile.filter(({ id }) => sick.has(id)), { report: request.report });
    if (fixed.length > 0) findings = await diagnose(all, fix);
  }
  return { findings, checked: all.length, fixed };
}

/** A managed user's home, looked at by a process of that user. */
async function examineHome(request: DoctorRequest, user: string): Promise<Diagnosis> {
  const account = findAccount(user);
  if (!account || account.uid === 0) return { findings: [], checked: 0, fixed: [] };
  const words = ["doctor", "--scope", "home", ...(request.fix ? ["--fix"] : [])];
  const said = await runAsUser(
    account,
    words,
    (line) => request.report({ ...line, id: `${user}/${line.id}` } as Step),
  );
  return { findings: [], checked: 0, fixed: [], ...said };
}

function add(whole: Diagnosis, user: string, part: Diagnosis): void {
  const own = (id: string) => `${user}/${id}`;
  whole.checked += part.checked;
  whole.fixed.push(...part.fixed.map((step) => ({ ...step, id: own(step.id) })));
  whole.findings.push(
    ...part.findings.map((finding) => ({
      ...finding,
      id: own(finding.id),
      ...(finding.causedBy ? { causedBy: own(finding.causedBy) } : {}),
    })),
  );
}
