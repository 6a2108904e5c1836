import { explainFailure, Failure } from "../errors.ts";
import type { Difference, RemoveScope, Report, Resource, Step, StepStatus } from "./resource.ts";

/**
 * Brings resources to their desired state, in order: each is read, changed only where it differs, and read back.
 * A failure does not stop the others, only those that need the failed one. With `check` nothing is changed.
 */
export async function converge(
  resources: readonly Resource[],
  options: { check?: boolean; report?: Report },
): Promise<Step[]> {
  const steps: Step[] = [];
  const broken = new Set<string>();
  for (const resource of resources) {
    const cause = resource.needs?.find((id) => broken.has(id));
    if (cause) {
      broken.add(resource.id);
      finish(resource, "skipped", `needs ${cause}`);
      continue;
    }
    options.report?.({ ...named(resource), status: "running", changed: false });
    try {
      const [status, detail] = await settle(resource, options.check ?? false);
      finish(resource, status, detail);
    } catch (error) {
      broken.add(resource.id);
      finish(resource, "failed", undefined, explainFailure(error));
    }
  }
  return steps;

  function finish(resource: Resource, status: StepStatus, detail?: string, error?: Step["error"]) {
    const step: Step = { ...named(resource), status, changed: status === "changed" };
    if (detail) step.detail = detail;
    if (error) step.error = error;
    steps.push(step);
    options.report?.(step);
  }
}

async function settle(resource: Resource, check: boolean): Promise<[StepStatus, string?]> {
  const before = await resource.read();
  if (!before) return ["ok"];
  if (before.blocked) return ["skipped", before.blocked];
  if (check) return ["would-change", inWords(before)];
  const said = await resource.apply();
  const after = await resource.read();
  if (after) {
    throw new Failure(`still ${after.actual} after it was changed, expected ${after.expected}`, {
      hint: "is something else changing it at the same time?",
    });
  }
  return ["changed", said || (before.actual === "missing" ? "created" : `was ${before.actual}`)];
}

/** Takes resources away, last first. Goes on past failures, so that one stuck piece does not keep all the others. */
export async function dismantle(
  resources: readonly Resource[],
  scope: RemoveScope,
  report?: Report,
): Promise<Step[]> {
  const steps: Step[] = [];
  for (const resource of [...resources].reverse()) {
    if (!resource.remove) continue;
    let step: Step;
    try {
      const removed = await resource.remove(scope);
      step = { ...named(resource), status: removed ? "changed" : "ok", changed: removed };
      if (removed) step.detail = "removed";
    } catch (error) {
      step = { ...named(resource), status: "failed", changed: false, error: explainFailure(error) };
    }
    steps.push(step);
    report?.(step);
  }
  return steps;
}

function inWords(difference: Difference): string {
  return difference.actual === "missing"
    ? `would be created: ${difference.expected}`
    : `${difference.actual}, would be ${difference.expected}`;
}

function named({ id, title }: Resource) {
  return { id, title };
}
