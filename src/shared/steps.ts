import { explainFailure, type Problem } from "../errors.ts";
import type { Change } from "./receive.ts";
import type { Scan } from "./scan.ts";
import { type Receiver, send, type SendOptions } from "./send.ts";

/** A step of an install, as everybody shows it. */
interface Step {
  id: string;
  title: string;
  status: "running" | "ok" | "changed" | "would-change" | "failed";
  changed: boolean;
  detail?: string;
  error?: Problem;
}

/** So many changes are told one by one; of more, how many there were. */
const FEW = 5;
export const STEP = { id: "shared", title: "shared resources" };

/**
 * Sends, told as steps: a check names each skill, agent and command that differs, and a run with many says how many.
 * Whatever goes wrong becomes a failed step.
 */
export async function shareInSteps(
  scan: Scan,
  receiver: Receiver,
  options: SendOptions,
  report: (step: Step) => void,
): Promise<Step[]> {
  const say = (detail: string) => report({ ...STEP, status: "running", changed: false, detail });
  say("comparing");
  let steps: Step[];
  try {
    let sent = 0;
    const onSent = (bytes: number, content: boolean) => {
      options.onSent?.(bytes, content);
      if (content) say(`sending, ${((sent += bytes) / 1e6).toFixed(1)} MB`);
    };
    const changes = await send(scan, receiver, { ...options, onSent });
    steps = changes.length === 0
      ? [{ ...STEP, status: "ok", changed: false }]
      : options.check || changes.length <= FEW
      ? [...changes.map((change) => toStep(change, options.check)), { ...STEP, status: "ok", changed: false }]
      : [{ ...STEP, status: "changed", changed: true, detail: counted(changes) }];
  } catch (error) {
    steps = [{ ...STEP, status: "failed", changed: false, error: explainFailure(error) }];
  }
  for (const step of steps) report(step);
  return steps;
}

function toStep({ path, detail }: Change, check: boolean): Step {
  const step = { id: `shared:${path}`, title: `shared ${path}` };
  if (!check) return { ...step, status: "changed", changed: true, detail };
  return { ...step, status: "would-change", changed: false, detail: `would be ${detail}` };
}

function counted(changes: readonly Change[]): string {
  const count = (wanted: Change["what"]) => changes.filter(({ what }) => what === wanted).length;
  return (["added", "changed", "removed"] as const).flatMap((what) =>
    count(what) > 0 ? `${count(what)} ${what}` : []
  )
    .join(", ");
}
