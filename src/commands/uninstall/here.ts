import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { startProgress } from "../../cli/progress.ts";
import { Exit, Failure } from "../../errors.ts";
import { detectScope, installation, refuseManaged, type Scope } from "../../host/installation.ts";
import { liveOn } from "../../host/live.ts";
import { managedUsers } from "../../host/records.ts";
import { uninstall } from "../../host/uninstall.ts";
import { confirmPurge } from "./confirm_purge.ts";
import { summarize } from "../install/summary.ts";

export interface UninstallOptions {
  user: string | undefined;
  purge: boolean;
  force: boolean;
  yes: boolean;
  scope: Scope | undefined;
}

/** `uninstall` on this machine. Refuses while sessions are live: they would lose the ground they stand on. */
export async function uninstallHere(options: UninstallOptions, io: Io): Promise<Outcome> {
  if (options.scope === undefined) refuseManaged("uninstall");
  const scope = options.scope ?? detectScope();
  // A managed user's part comes from root, who has looked already.
  const live = options.force || options.scope
    ? []
    : await liveOn(installation(scope), affected(scope, options.user));
  if (live.length > 0) {
    const names = live.map(({ name, pid }) => `${name} (pid ${pid})`).join(", ");
    throw new Failure(
      `${live.length === 1 ? "a session is" : `${live.length} sessions are`} live: ${names}`,
      {
        hint: `end ${live.length === 1 ? "it" : "them"} first (claude-ops session stop NAME), or use --force`,
        exit: Exit.busy,
        code: "sessions-live",
      },
    );
  }
  if (!options.scope) await confirmPurge(options, "on this machine", io);
  const progress = startProgress(io, "removed");
  const steps = await uninstall({
    scope,
    purge: options.purge,
    ...(options.user === undefined ? {} : { user: options.user }),
    report: (step) => {
      io.event(step);
      progress.step(step);
    },
  }).finally(() => progress.stop());
  const summary = summarize("localhost", steps, 0);
  return {
    data: summary,
    render: () => options.scope ? "" : whatStays(options, summary.changed),
    exit: summary.ok ? Exit.ok : Exit.failed,
  };
}

/** Said where something went and not everything was to go. */
export function whatStays({ purge }: Pick<UninstallOptions, "purge">, changed: number): string {
  return purge || changed === 0 ? "" : "\nSessions, logins and accounts stay; --purge takes them too.\n";
}

function affected(scope: Scope, user: string | undefined): string[] {
  if (scope !== "system") return [];
  const users = managedUsers();
  if (user === undefined) return users;
  if (!users.includes(user)) {
    throw new Failure(`${user} is not a managed user of this host`, {
      hint: `it has: ${users.join(", ") || "none"}`,
    });
  }
  return [user];
}
