import { orFailure } from "../shared/lines.ts";
import { shareInSteps } from "../shared/steps.ts";
import type { Connection } from "./connection.ts";
import type { HostOrder, HostStep } from "./host_order.ts";
import { invoke } from "./invoke.ts";

/** Brings the operator's own skills, agents and so on to a host's managed user, where they differ. */
export async function shareWith(
  connection: Connection,
  order: HostOrder,
  program: string,
): Promise<HostStep[]> {
  if (order.shared === undefined) return [];
  const words = ["--user", order.user ?? "claude", "--json"];
  const { scan, mirror } = order.shared;
  return await shareInSteps(
    scan,
    async (part, options) =>
      orFailure((await invoke(connection, [program, "receive-shared", ...part, ...words], options)).summary),
    { mirror, check: order.check, onSent: (bytes) => connection.sentBytes += bytes },
    order.report,
  );
}
