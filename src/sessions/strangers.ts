import type { Layout } from "./paths.ts";
import { registered } from "./registered.ts";
import { unmanaged, type UnmanagedSession } from "./unmanaged.ts";

/** A process that was registered by hand, as `session list --json` shows it. */
export interface RegisteredProcess {
  pid: number;
  name: string | null;
  project: string;
  cwd: string;
  /** ISO 8601. */
  registeredAt: string;
}

/** What lives beside the sessions that were started here. */
export interface Strangers {
  registered: RegisteredProcess[];
  unmanaged: UnmanagedSession[];
}

/** What runs beside our own sessions: registered by hand, or not at all. */
export function strangers(layout: Layout): Strangers {
  return {
    registered: registered(layout).map(({ identity, name = null, project, cwd, registeredAt }) => ({
      pid: identity.pid,
      name,
      project,
      cwd,
      registeredAt,
    })),
    unmanaged: unmanaged(layout),
  };
}
