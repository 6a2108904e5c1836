import type { Check, Difference } from "./resource.ts";
import { Unreadable } from "./resource.ts";

/** What `doctor` says of one thing that is not as it should be. */
export interface Finding {
  id: string;
  /** `unknown`: it could not be checked, which is not the same as broken. */
  status: "broken" | "warning" | "unknown";
  title: string;
  expected: string;
  actual: string;
  why: string;
  /** The command that mends it. */
  fix: string;
  /** See {@link Check}. */
  fixFromAfar?: string;
  /** The finding that this one is only a consequence of. */
  causedBy?: string;
}

/** What a process of somebody else says that it found, as far as that can be shown. */
export function findingsFrom(told: readonly unknown[]): Finding[] {
  const texts = ["id", "title", "expected", "actual", "why", "fix"] as const;
  return told.map((each) => (each ?? {}) as Finding).filter((finding) =>
    texts.every((name) => typeof finding[name] === "string") &&
    ["broken", "warning", "unknown"].includes(finding.status)
  );
}

/** Reads everything, changes nothing. Findings come in the order of the checks, causes before consequences. */
export async function diagnose(checks: readonly Check[], defaultFix: string): Promise<Finding[]> {
  const findings = new Map<string, Finding>();
  for (const check of checks) {
    const finding = await examine(check, defaultFix);
    if (!finding) continue;
    const cause = check.needs?.map((id) => findings.get(id)).find((found) =>
      found?.status === "broken" || (found?.status === "warning" && finding.status === "warning")
    );
    if (cause) finding.causedBy = cause.causedBy ?? cause.id;
    findings.set(check.id, finding);
  }
  return [...findings.values()];
}

async function examine(check: Check, defaultFix: string): Promise<Finding | undefined> {
  const { id, title, why } = check;
  const fix = check.fix ?? defaultFix;
  const afar = check.fixFromAfar === undefined ? {} : { fixFromAfar: check.fixFromAfar };
  let difference: Difference | null;
  try {
    difference = await check.read();
  } catch (error) {
    const actual = error instanceof Error ? error.message : String(error);
    const expected = error instanceof Unreadable ? "to be able to tell" : "a readable state";
    return { id, status: "unknown", title, expected, actual: `could not check: ${actual}`, why, fix };
  }
  if (!difference) return undefined;
  const { expected, actual, blocked } = difference;
  const status = blocked ? "warning" : check.severity ?? "broken";
  return {
    id,
    status,
    title,
    expected,
    actual,
    why: blocked ? `${why}; ${blocked.replace(` (${actual})`, "")}` : why,
    fix: difference.fix ?? fix,
    ...afar,
  };
}
