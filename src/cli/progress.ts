import type { Io } from "./io.ts";
import { printable } from "./text.ts";
export interface ProgressStep { host?: string; id: string; title: string; status: string; detail?: string; error?: { message: string; hint?: string } }
export function startProgress(io: Io) {
  return {
    step(step: ProgressStep) {
      if (io.json || step.status === "running" || step.status === "ok") return;
      io.stderr(`${step.host ? step.host + ": " : ""}${step.status}  ${printable(step.title)}  ${printable(step.detail ?? step.error?.message ?? "")}\n`);
    },
    stop() {},
  };
}
