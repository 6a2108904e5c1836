import { stepsAsUser } from "./as_user.ts";
import { converge, dismantle } from "./converge.ts";
import { homeProfile } from "./home.ts";
import { type Installation, installation, type Scope } from "./installation.ts";
import { requireRoot } from "./require_root.ts";
import { loginShells, unsharedByLoginShells } from "./login_shells.ts";
import { machineProfile } from "./machine.ts";
import { personalProfile } from "./personal.ts";
import { allRecords, type UserRecord } from "./records.ts";
import type { Report, Step } from "./resource.ts";
import { readOnlyProfile } from "./shared.ts";
import { inTurn } from "./turn.ts";
import { findAccount } from "../runtime/account.ts";
import { claudeCode } from "./resources/claude_code.ts";
import { fromRegistry } from "./resources/claude_source.ts";

export interface UninstallRequest {
  scope: Scope;
  /** Only this managed user, for `system`; all of them when left out. */
  user?: string;
  /** Session data and accounts that install created go as well. */
  purge: boolean;
  report: Report;
}

/** Takes away what install made, last first. Session data stays unless purged. */
export async function uninstall(request: UninstallRequest): Promise<Step[]> {
  const place = installation(request.scope);
  if (request.scope === "system") {
    requireRoot();
    return await inTurn(request.report, () => uninstallSystem(request, place));
  }
  const profile = request.scope === "home" ? homeProfile(place) : [
    ...personalProfile(place.home, process.env, place.program),
    claudeCode(place.versions, "any", fromRegistry("latest")),
  ];
  return await dismantle(profile, request, request.report);
}

async function uninstallSystem(request: UninstallRequest, place: Installation): Promise<Step[]> {
  const records = allRecords();
  const leaving = records.filter(({ user }) => request.user === undefined || user === request.user);
  const staying = records.filter((record) => !leaving.includes(record));
  const source = place.program;
  const shared = machineProfile({ records: staying, users: [], source });
  const sharedIds = new Set(shared.map(({ id }) => id));
  const steps: Step[] = [];
  // Before anything else: nobody is left with a shell that goes.
  const shells = [...unsharedByLoginShells(staying), ...loginShells(leaving)];
  steps.push(...await dismantle(shells, request, request.report));
  for (const record of leaving) {
    steps.push(...await dismantle(readOnlyProfile([record]), request, request.report));
    steps.push(...await uninstallHome(request, record));
    const own = machineProfile({ records, users: [record.user], source }).filter(({ id }) =>
      !sharedIds.has(id)
    );
    steps.push(...await dismantle(own, request, request.report));
  }
  // Those who stay keep the machine's part, without the names of those who left.
  if (staying.length > 0) return [...steps, ...await converge(shared, { report: request.report })];
  const whole = [...shared, claudeCode(place.versions, "any", fromRegistry("latest"))];
  return [...steps, ...await dismantle(whole, request, request.report)];
}

async function uninstallHome(request: UninstallRequest, record: UserRecord): Promise<Step[]> {
  const account = findAccount(record.user);
  if (!account || account.uid === 0) return [];
  const words = ["uninstall", "--scope", "home", ...(request.purge ? ["--purge"] : [])];
  return await stepsAsUser(account, words, request.report);
}
