import { type Problem, problemFrom } from "../errors.ts";
import { displayWidth, within } from "./output.ts";
import type { Style } from "./style.ts";
import { printable } from "./text.ts";

const statuses = ["running", "ok", "changed", "would-change", "failed", "skipped"] as const;

/** Where a step of running work stands. Reported again under the same host and id as it goes on. */
export interface ProgressStep {
  host?: string;
  id: string;
  title: string;
  status: (typeof statuses)[number];
  /** A few words: what it is doing, or what it did. */
  detail?: string;
  error?: Problem;
  /** A host as a whole: where it stands while none of its steps runs. It is not counted among them. */
  whole?: true;
}

/** A step that another machine or another user's process tells of; undefined for what is none. */
export function stepFrom(told: unknown): (ProgressStep & { changed: boolean }) | undefined {
  const { id, title, status, changed, detail, error } = (told ?? {}) as Record<string, unknown>;
  const known = statuses.find((each) => each === status);
  if (typeof id !== "string" || typeof title !== "string" || known === undefined) return undefined;
  return {
    ...{ id, title, status: known, changed: changed === true },
    ...(typeof detail === "string" ? { detail } : {}),
    ...(error === undefined ? {} : { error: problemFrom(error) }),
  };
}

/** All steps so far, in the order in which they began. */
export type ProgressState = readonly ProgressStep[];

/** A step takes the place of what was said of it before. */
export function advance(state: ProgressState, step: ProgressStep): ProgressState {
  const at = state.findIndex(({ host, id }) => host === step.host && id === step.id);
  return at < 0 ? [...state, step] : state.with(at, step);
}

/**
 * The line that stays of a finished step. What was right already leaves none, unless `verbose`. Of several hosts, the hints
 * are told at the end.
 */
export function renderFinished(
  state: ProgressState,
  step: ProgressStep,
  verbose: boolean,
  style: Style,
  columns = Infinity,
): string | undefined {
  if (step.status === "running" || (step.status === "ok" && (step.whole || !verbose))) return undefined;
  const [sign, paint] = {
    ok: [style.ok, style.dim],
    changed: [style.ok, style.green],
    "would-change": [style.pending, style.yellow],
    failed: [style.failed, style.red],
    skipped: [style.skipped, style.dim],
  }[step.status] as [string, (text: string) => string];
  const hint = step.error?.hint && step.host === undefined
    ? `\n  ${style.yellow("hint:")} ${within(step.error.hint, columns, 8)}`
    : "";
  const head = `${hostLabel(state, step.host)}${step.whole ? "" : `${printable(step.title)}  `}`;
  const said = step.error?.message ?? step.detail;
  const told = said && within(printable(said), columns, displayWidth(head) + 2, 4);
  const tail = told ? (step.error ? style.red : style.dim)(told) : "";
  return `${paint(sign)} ${`${head}${tail}`.trimEnd()}${hint}`;
}

/** What came of it all, a line for each host: `nothing to change (23 checked)` or how many of which. */
export function renderSummary(state: ProgressState, style: Style, changed = "changed"): string {
  const own = state.filter(({ whole }) => !whole);
  return hostsOf(own).map((host) => {
    const steps = own.filter((step) => step.host === host && !isRunning(step));
    const count = (status: ProgressStep["status"]) => steps.filter((step) => step.status === status).length;
    const parts = [
      counted(count("changed"), changed, style.green),
      counted(count("would-change"), "would change", style.yellow),
      counted(count("failed"), "failed", style.red),
      counted(count("skipped"), "skipped", style.dim),
    ].filter(Boolean);
    const calm = parts.length === 0;
    // What an uninstall did not take was not there, or is nobody's but the user's.
    const rest = changed === "removed" ? "left alone" : "already right";
    if (!calm) parts.push(counted(count("ok"), rest, style.dim));
    const text = calm ? `nothing to change (${steps.length} checked)` : parts.filter(Boolean).join(", ");
    return hostLabel(state, host) + text;
  }).join("\n");
}

export const isRunning = (step: ProgressStep) => step.status === "running";
const counted = (count: number, what: string, paint: (text: string) => string) =>
  count === 0 ? "" : paint(`${count} ${what}`);
export const wordsOf = ({ title, detail }: ProgressStep) => printable(detail ? `${title}  ${detail}` : title);
export const hostsOf = (state: ProgressState) => [...new Set(state.map(({ host }) => host))];

/** Before what is said of a host; all of the same width. */
export function hostLabel(state: ProgressState, host: string | undefined): string {
  if (host === undefined) return "";
  const width = Math.max(...hostsOf(state).map((host) => printable(host ?? "").length));
  return `${printable(host).padEnd(width)}  `;
}
