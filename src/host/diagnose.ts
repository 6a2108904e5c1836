import { type Command, DOCTOR_FIX, type Fix, fixLine, isCommand } from "./fix.ts";
import type { Check, Difference, Step } from "./resource.ts";
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
  /** What mends it, as a line for a shell. */
  fix: string;
  /** The same for programs. */
  commands: Fix;
  /** See {@link Check}. */
  fixFromAfar?: Command;
  /** The finding that this one is only a consequence of. */
  causedBy?: string;
}

/** A part of a host, or all of it, that was looked at. */
export interface Examined {
  findings: Finding[];
  /** How many things were looked at. */
  checked: number;
  /** What `--fix` did. */
  fixed: Step[];
}

/** What a process of somebody else says that it found, as far as that can be shown. */
export function findingsFrom(told: readonly unknown[]): Finding[] {
  const texts = ["id", "title", "expected", "actual", "why", "fix"] as const;
  return told.map((each) => (each ?? {}) as Finding).filter((finding) =>
    texts.every((name) => typeof finding[name] === "string") &&
    ["broken", "warning", "unknown"].includes(finding.status)
  ).map(({ commands, fixFromAfar, ...finding }) => ({
    ...finding,
    // An older version tells the line alone.
    commands: Array.isArray(commands) && commands.every(isCommand)
      ? commands
      : [["sh", "-c", finding.fix.replaceAll("\0", "")]],
    ...(isCommand(fixFromAfar) ? { fixFromAfar } : {}),
  }));
}

/** The finding with another fix. */
export function mendedBy(commands: Fix, finding: Finding): Finding {
  return { ...finding, fix: fixLine(commands), commands };
}

/** Reads everything, changes nothing. Findings come in the order of the checks, causes before consequences. */
export async function diagnose(checks: readonly Check[]): Promise<Finding[]> {
  const findings = new Map<string, Finding>();
  for (const check of checks) {
    const finding = await examine(check);
    if (!finding) continue;
    const cause = check.needs?.map((id) => findings.get(id)).find((found) =>
      found?.status === "broken" || (found?.status === "warning" && finding.status === "warning")
    );
    if (cause) finding.causedBy = cause.causedBy ?? cause.id;
    findings.set(check.id, finding);
  }
  return [...findings.values()];
}

async function examine(check: Check): Promise<Finding | undefined> {
  const { id, title, why, fix: commands = DOCTOR_FIX } = check;
  const fix = fixLine(commands);
  let difference: Difference | null;
  try {
    difference = await check.read();
  } catch (error) {
    const actual = `could not check: ${error instanceof Error ? error.message : String(error)}`;
    const expected = error instanceof Unreadable ? "to be able to tell" : "a readable state";
    return { id, status: "unknown", title, expected, actual, why, fix, commands };
  }
  if (!difference) return undefined;
  const { expected, actual, blocked } = difference;
  const finding: Finding = {
    id,
    status: blocked ? "warning" : check.severity ?? "broken",
    title,
    expected,
    actual,
    why: blocked ? `${why}; ${blocked.replace(` (${actual})`, "")}` : why,
    fix,
    commands,
    ...(check.fixFromAfar ? { fixFromAfar: check.fixFromAfar } : {}),
  };
  return difference.fix ? mendedBy(difference.fix, finding) : finding;
}
