import type { Problem } from "../errors.ts";
import type { Scan } from "../shared/scan.ts";

/** A step of the host's own, or of getting there. */
export interface HostStep {
  id: string;
  title: string;
  status: "running" | "ok" | "changed" | "would-change" | "skipped" | "failed";
  changed: boolean;
  detail?: string;
  error?: Problem;
}

export interface HostOrder {
  user: string | undefined;
  adopt: boolean;
  check: boolean;
  /** Claude Code that was asked for; undefined leaves it to the host. */
  claude: string | undefined;
  /** What it is when nothing was asked for and the host has none. */
  channel: string;
  /** Whether the user logs in to `claude-shell`; undefined leaves it as it is. */
  loginShell: boolean | undefined;
  /** Whether sessions only read what they share; undefined leaves it as it is. */
  sharedReadOnly: boolean | undefined;
  /** The operator's own skills, agents and so on. */
  shared: { scan: Scan; mirror: boolean } | undefined;
  viaSsh: boolean;
  /** A key that may log in in any case, and the one for a user that install creates. */
  authorizedKey: string | undefined;
  operatorKey: string | undefined;
  /** The claude-ops to send instead of the one that fits. */
  binary: string | undefined;
  report(step: HostStep): void;
}

export interface HostSummary {
  ok: boolean;
  changed: number;
  steps: HostStep[];
  sentBytes: number;
}
