import { stepsAsUser } from "./as_user.ts";
import { converge, dismantle } from "./converge.ts";
import { homeProfile } from "./home.ts";
import { type Installation, installation, type Scope } from "./installation.ts";
import { loginShellProfile, unsharedByLoginShells } from "./login_shells.ts";
import { machineProfile, userRecord } from "./machine.ts";
import { personalProfile } from "./personal.ts";
import { allRecords, isReadOnly, readRecord, type UserRecord } from "./records.ts";
import type { Report, Resource, Step, StepStatus } from "./resource.ts";
import { requireRoot } from "./require_root.ts";
import { readOnlyProfile } from "./shared.ts";
import { withoutTimekeeper } from "./timekeeper.ts";
import { inTurn } from "./turn.ts";
import { readOnlyWish, shellWish } from "./wishes.ts";
import { findAccount, ownAccount } from "../runtime/account.ts";
import {
  checkUserName,
  isMadeByInstall,
  refuseSystemAccount,
  requireAccountTools,
} from "./resources/account.ts";
import { beside, takenNoteOf } from "./resources/beside_others.ts";
import { claudeCode } from "./resources/claude_code.ts";
import type { ClaudeSource } from "./resources/claude_source.ts";
import { versionLog } from "./version_log.ts";

export interface InstallRequest {
  scope: Scope;
  /** The managed user, for `system`. */
  user?: string;
  /** `latest`, `stable`, a version or `none`; undefined keeps what is there or was asked for before. */
  claude?: string;
  /** Where the package comes from, when not from the registry. */
  claudeSource: ClaudeSource;
  /** The program to put in place, an absolute path. */
  binary: string;
  /** A public key that may log in as the managed user. */
  authorizedKey?: string;
  /** The key that the operator came with: it may log in if install has created the user. */
  operatorKey?: string;
  /** Whether the managed user logs in to `claude-shell`; undefined keeps what was chosen before. */
  loginShell?: boolean;
  /** Whether sessions of the managed user may only read what they share; undefined keeps what was chosen before. */
  sharedReadOnly?: boolean;
  /** `claude` is to mean the managed one, also where another installation has that name: that is put aside. */
  adopt?: boolean;
  check: boolean;
  report: Report;
}

/** Brings this machine to the state that the request describes; the same again changes nothing. */
export async function install(request: InstallRequest): Promise<Step[]> {
  const place = installation(request.scope);
  if (request.scope === "system") return await installSystem(request, place);
  const others = beside(place);
  if (request.scope === "home") {
    return await converge([...homeOf(place, request.authorizedKey), takenNoteOf(others)], request);
  }
  const wish = request.claude ?? "any";
  return await converge([
    ...personalProfile(place.home, process.env, request.binary, request),
    takenNoteOf(others),
    claudeCode(place.versions, wish, request.claudeSource, {
      beside: others,
      log: versionLog(place, "install"),
    }),
  ], request);
}

async function installSystem(request: InstallRequest, place: Installation): Promise<Step[]> {
  requireRoot();
  if (request.check) return await provision(request, place);
  return await inTurn(request.report, () => provision(request, place));
}

async function provision(request: InstallRequest, place: Installation): Promise<Step[]> {
  const user = request.user ?? "claude";
  checkUserName(user);
  refuseSystemAccount(user);
  requireAccountTools(user);
  const before = readRecord(user);
  const record: UserRecord = {
    format: 1,
    user,
    created: before?.created ?? isMadeByInstall(user),
    claude: before?.claude ?? "any",
    ...shellWish(request.loginShell, user, before),
    ...readOnlyWish(request.sharedReadOnly ?? before?.sharedReadOnly),
  };
  const records = [...allRecords().filter((other) => other.user !== user), record];
  const { binary: source, adopt = false } = request;
  const others = beside(place);
  const wish = request.claude ?? record.claude;
  const steps = [
    ...await converge(machineProfile({ records, users: [user], source, adopt }), request),
    ...withoutTimekeeper(request.report),
    ...await installHome(request, record),
    ...await converge([
      ...readOnlyProfile([record]),
      takenNoteOf(others),
      claudeCode(place.versions, wish, request.claudeSource, {
        beside: others,
        log: versionLog(place, "install"),
      }),
    ], request),
    ...await converge(loginShellProfile(records, [user]), request),
    ...await dismantle(
      record.loginShell === false && !request.check ? unsharedByLoginShells(records) : [],
      { purge: false },
      request.report,
    ),
  ];
  // A version is remembered once it is there, by a record that is: one that nobody has would be wished for ever.
  const ended = (wanted: string, how: StepStatus[]) =>
    steps.some(({ id, status }) => id === wanted && how.includes(status));
  const failed = ended("claude-code", ["failed"]) || ended(`record:${user}`, ["failed", "skipped"]);
  if (wish === record.claude || failed) return steps;
  return [...steps, ...await converge([userRecord({ ...record, claude: wish })], request)];
}

/** The part of a managed user's home that this user looks after. */
export function homeOf(place: Installation, authorizedKey?: string): Resource[] {
  const record = readRecord(ownAccount().name);
  // A lost record says nothing else.
  const sharedReadOnly = isReadOnly(record ?? {});
  return homeProfile({ ...place, sharedReadOnly, ...(authorizedKey ? { authorizedKey } : {}) });
}

/** The managed user's own part, done by a process of that user. */
async function installHome(request: InstallRequest, { user, created }: UserRecord): Promise<Step[]> {
  const account = findAccount(user);
  if (!account) {
    const step: Step = {
      id: `${user}/home`,
      title: `home of ${user}`,
      status: request.check ? "would-change" : "skipped",
      changed: false,
      detail: "the account comes first",
    };
    request.report(step);
    return [step];
  }
  const words = ["install", "--scope", "home"];
  if (request.check) words.push("--check");
  const key = request.authorizedKey ?? (created ? request.operatorKey : undefined);
  if (key) words.push("--authorized-key", key);
  return await stepsAsUser(account, words, request.report);
}
