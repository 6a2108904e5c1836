import { sshSettings } from "./settings.ts";
import type { ConfigOptions } from "./ssh_config.ts";
import type { Target } from "./target.ts";

/** Targets that lead to the same user of the same host by their configuration: the first of them, and those that go on it. */
export interface Distinct {
  targets: Target[];
  /** What was left out → what it is the same as. */
  repeated: Map<string, string>;
}

/** Work on a host is done once, however many of its names are given. */
export async function distinctHosts(targets: readonly Target[], options: ConfigOptions): Promise<Distinct> {
  const found = new Map<string, Target>();
  const repeated = new Map<string, string>();
  for (const target of targets) {
    const place = await placeOf(target, options);
    const first = found.get(place);
    if (first === undefined) found.set(place, target);
    else repeated.set(target.text, first.text);
  }
  return { targets: [...found.values()], repeated };
}

/** A host whose configuration cannot be followed stands for itself: its failure is told when its turn comes. */
async function placeOf(target: Target, options: ConfigOptions): Promise<string> {
  try {
    const { user, hostName, port, proxy } = await sshSettings(target, options);
    return JSON.stringify([user, hostName, port, proxy]);
  } catch {
    return target.text;
  }
}
