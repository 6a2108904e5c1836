import { Exit } from "../../errors.ts";
import type { Step } from "../../host/resource.ts";

/** What `install --json` ends with. */
export interface InstallSummary {
  host: string;
  ok: boolean;
  changed: number;
  steps: Pick<Step, "id" | "status" | "changed">[];
  /** Payload that went over the wire. */
  sentBytes: number;
}

/** What an install of one host says at its end. */
export function summarize(host: string, steps: readonly Step[], sentBytes: number): InstallSummary {
  return {
    host,
    ok: steps.every(({ status }) => status !== "failed"),
    changed: steps.filter(({ changed }) => changed).length,
    steps: steps.map(({ id, status, changed, error }) => ({
      id,
      status,
      changed,
      ...(error ? { error } : {}),
    })),
    sentBytes,
  };
}

/** 1 where a step failed, 3 where `--check` found something to change. */
export function exitOf(steps: readonly Pick<Step, "status">[]): number {
  if (steps.some(({ status }) => status === "failed")) return Exit.failed;
  return steps.some(({ status }) => status === "would-change") ? Exit.findings : Exit.ok;
}
