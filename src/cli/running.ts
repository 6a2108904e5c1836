import { truncate } from "./output.ts";
import { hostLabel, hostsOf, isRunning, type ProgressState, wordsOf } from "./steps.ts";
import type { Style } from "./style.ts";

/**
 * What a terminal shows while work runs: one line for each host that is being worked on and how many of all are done, or,
 * where there is one host, a line for each running step.
 * @param quiet says of a host that it has not been heard of for long
 */
export function renderRunning(
  state: ProgressState,
  frame: number,
  { columns, rows }: { columns: number; rows: number },
  style: Style,
  hosts = 1,
  quiet: (host: string | undefined) => string = () => "",
): string {
  const sign = style.spinner[frame % style.spinner.length]!;
  const running = hosts > 1
    ? hostsOf(state).flatMap((host) =>
      mostTelling(state.filter((step) => step.host === host && isRunning(step)))
    )
    : mostTelling(state.filter(isRunning), true);
  const shown = running.slice(0, Math.max(1, rows - 3)).map((step) => {
    const words = `${hostLabel(state, step.host)}${wordsOf(step)}`;
    const said = quiet(step.host);
    const note = said && columns > said.length + 15 ? `  ${said}` : "";
    const line = truncate(words, Math.max(10, columns - 3 - note.length));
    return `${style.cyan(sign)} ${line}${style.yellow(note)}`;
  });
  return [...shown, ...(hosts > 1 && shown.length > 0 ? [`  ${style.dim(howMany(state, hosts))}`] : [])].join(
    "\n",
  );
}

/** A log's lines for the hosts that have not been heard of for long. */
export function renderQuiet(
  state: ProgressState,
  style: Style,
  quiet: (host: string | undefined) => string,
): string {
  return hostsOf(state).flatMap((host) => {
    const [step] = mostTelling(state.filter((each) => each.host === host && isRunning(each)));
    const note = step && quiet(host);
    return note ? [`${style.skipped} ${hostLabel(state, host)}${wordsOf(step)}  ${style.yellow(note)}`] : [];
  }).join("\n");
}

/** The newest step, or all; the host as a whole only where there is no other. */
function mostTelling(running: ProgressState, all = false): ProgressState {
  const steps = running.filter(({ whole }) => !whole);
  return steps.length === 0 ? running : all ? steps : steps.slice(-1);
}

function howMany(state: ProgressState, hosts: number): string {
  const done = state.filter((step) => step.whole && !isRunning(step));
  const failed = new Set(state.filter(({ status }) => status === "failed").map(({ host }) => host)).size;
  return `${done.length} of ${hosts} hosts done${failed > 0 ? `, ${failed} failed` : ""}`;
}
