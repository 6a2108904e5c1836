import { lstatSync } from "node:fs";
import type { Config } from "../config/schema.ts";
import { compiled } from "../runtime/self.ts";
import { configuration } from "./checks/config.ts";
import { homeChecks, machineChecks } from "./checks/list.ts";
import { converge } from "./converge.ts";
import { diagnose, type Examined } from "./diagnose.ts";
import { addHome, examineHome } from "./examine_home.ts";
import { type Installation, installation, type Scope } from "./installation.ts";
import { homeOf } from "./install.ts";
import { loginShellProfile } from "./login_shells.ts";
import { machineProfile } from "./machine.ts";
import { personalProfile } from "./personal.ts";
import { allRecords, wishOfInstall } from "./records.ts";
import { readOnlyProfile } from "./shared.ts";
import type { Check, Report, Resource, Step } from "./resource.ts";
import { beside } from "./resources/beside_others.ts";
import { claudeCode } from "./resources/claude_code.ts";
import { fromRegistry } from "./resources/claude_source.ts";
import { versionLog } from "./version_log.ts";

export interface Diagnosis extends Examined {
  scope: Scope;
}

export interface DoctorRequest {
  scope: Scope;
  fix: boolean;
  config: Config;
  report: Report;
}

/** Looks at the same desired states that install brings about, and at what has no state; with `fix`, mends them. */
export async function doctor(request: DoctorRequest): Promise<Diagnosis> {
  const { scope } = request;
  const examine = scope === "system" ? examineMachine : scope === "home" ? examineOwnHome : examinePersonal;
  return { scope, ...await examine(request) };
}

function examineOwnHome(request: DoctorRequest): Promise<Examined> {
  const place = installation("home");
  return treat(homeOf(place), [configuration(false), ...homeChecks(place, request.config)], request);
}

function examinePersonal(request: DoctorRequest): Promise<Examined> {
  const place = installation("personal");
  const { config } = request;
  const profile = [
    ...personalProfile(place.home, process.env, wholeProgram(place)),
    claudeCode(place.versions, config.claude.version || "any", fromRegistry(config.claude.channel), {
      beside: beside(place),
      log: versionLog(place, "doctor"),
    }),
  ];
  const checks = [configuration(false), ...machineChecks(place, config), ...homeChecks(place, config)];
  return treat(profile, checks, request);
}

async function examineMachine(request: DoctorRequest): Promise<Examined> {
  const place = installation("system");
  const { config } = request;
  const records = allRecords();
  const users = records.map(({ user }) => user);
  // A channel moves on by itself: what was the latest when it was installed is not wrong today.
  const wish = config.claude.version || (wishOfInstall() ?? "any");
  const profile = [
    ...machineProfile({ records, users, source: wholeProgram(place) }),
    claudeCode(place.versions, wish, fromRegistry(config.claude.channel), {
      needs: ["dir:versions"],
      beside: beside(place),
      log: versionLog(place, "doctor"),
    }),
    ...loginShellProfile(records, users),
  ];
  const checks = [configuration(true), ...machineChecks(place, config, users)];
  const whole = await treat(profile, checks, request);
  for (const user of users) addHome(whole, user, await examineHome(user, request));
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
): Promise<Examined> {
  const all = [...profile, ...checks];
  const findings = await diagnose(all);
  const ids = new Set(profile.map(({ id }) => id));
  if (!request.fix || !findings.some(({ id }) => ids.has(id))) {
    return { findings, checked: all.length, fixed: [] };
  }
  // All of it, not only what was found: a cause that is mended may show what else is wrong.
  const acted = (step: Step) => step.status === "changed" || step.status === "failed";
  const steps = await converge(profile, { report: (step) => acted(step) && request.report(step) });
  return { findings: await diagnose(all), checked: all.length, fixed: steps.filter(acted) };
}
