import { orFailure } from "../shared/lines.ts";
import { shareInSteps, STEP } from "../shared/steps.ts";
import type { Connection } from "./connection.ts";
import type { HostOrder, HostStep } from "./host_order.ts";
import { invoke } from "./invoke.ts";

/**
 * Brings the operator's own skills, agents and so on to a host's managed user, where they differ.
 * @param before the host's own steps
 */
export async function shareWith(
  connection: Connection,
  order: HostOrder,
  program: string,
  before: readonly HostStep[],
): Promise<HostStep[]> {
  if (order.shared === undefined) return [];
  const user = order.user ?? "claude";
  const needed = [`user:${user}`, `${user}/home`, `${user}/dir:claude`];
  const broken = before.find(({ id, status }) =>
    needed.includes(id) && (status === "failed" || status === "skipped")
  );
  if (broken) {
    const step = { ...STEP, status: "skipped", changed: false, detail: `needs ${broken.id}` } as const;
    order.report(step);
    return [step];
  }
  const words = ["--user", user, "--json"];
  const { scan, mirror } = order.shared;
  return await shareInSteps(
    scan,
    async (part, options) =>
      orFailure((await invoke(connection, [program, "receive-shared", ...part, ...words], options)).summary),
    { mirror, check: order.check, onSent: (bytes) => connection.sentBytes += bytes },
    order.report,
  );
}
