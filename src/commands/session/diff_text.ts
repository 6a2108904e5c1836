import { displayWidth } from "../../cli/output.ts";
import type { Paint, Style } from "../../cli/style.ts";
import { printable } from "../../cli/text.ts";
import type { Comparison, Difference, Side } from "../../sessions/compare.ts";
import { quoted } from "../../sessions/name.ts";
import type { Overview } from "../../sessions/overview.ts";

const signs: Record<Side, string> = { here: "+", shared: "-", differs: "~" };

/** One session against what is shared, like a diff, and what one can do about it. */
export function renderComparison(comparison: Comparison, style: Style): string {
  const { differences, own, name } = comparison;
  const title = titleOf(comparison, style);
  if (differences.length + own.length === 0) {
    return `${title}\n  ${style.dim("has nothing that is not shared")}`;
  }
  const sides = new Set(differences.filter(({ kind }) => kind !== "trust").map(({ side }) => side));
  const trust = differences.some(({ kind, side }) => kind === "trust" && side === "here");
  const legend = [
    ...(sides.has("here") ? [`+ only here; bring it back: claude-ops session share ${quoted(name)}`] : []),
    ...(trust ? ["+ trust comes back by itself"] : []),
    ...(differences.some(({ side }) => side === "shared")
      ? ["- shared, and here when it is resumed the next time"]
      : []),
    ...(sides.has("differs")
      ? [`~ not alike; take this one: claude-ops session share ${quoted(name)} KEY --replace`]
      : []),
    ...(own.length > 0 ? ["! no link to the shared one: what is in there stays there"] : []),
  ];
  const rows = [...differenceLines(differences, style), ...ownLines(own, style)];
  return [title, ...rows, "", ...legend.map((line) => style.dim(line))].join("\n");
}

/** All sessions that have something which the others have not. */
export function renderOverview({ sessions, problems, older }: Overview, style: Style): string {
  const blocks = sessions.flatMap((session) => {
    const differences = session.differences.filter(({ side }) => side !== "shared" || session.live);
    if (differences.length + session.own.length === 0) return [];
    const lines = [...differenceLines(differences, style), ...ownLines(session.own, style)];
    return [[titleOf(session, style), ...lines].join("\n")];
  });
  const rest = sessions.length - blocks.length;
  const last = [
    ...(blocks.length > 0 ? ["more about one: claude-ops session diff SESSION"] : []),
    ...(rest > 0
      ? [`${rest} ${rest === 1 ? "session has" : "sessions have"} nothing that is not shared`]
      : []),
    ...(sessions.length + problems.length === 0 ? ["no sessions yet"] : []),
    ...(older > 0 ? [`${older} older: claude-ops session diff --all`] : []),
  ];
  const broken = problems.map(({ problem }) => style.red(`${style.warning} ${printable(problem)}`));
  return [...blocks, ...broken, last.map((line) => style.dim(line)).join("\n")].join("\n\n").trimEnd();
}

/** A line for each difference: its sign, its key and what it is. */
export function differenceLines(differences: readonly Difference[], style: Style): string[] {
  const paints: Record<Side, Paint> = { here: style.green, shared: style.dim, differs: style.yellow };
  const width = Math.max(0, ...differences.map(({ key }) => displayWidth(printable(key))));
  return differences.map((difference) => {
    const key = printable(difference.key);
    const padding = " ".repeat(width - displayWidth(key));
    return `  ${paints[difference.side](`${signs[difference.side]} ${key}`)}${padding}  ${says(difference)}`;
  });
}

function says({ side, here, shared, parts }: Difference): string {
  if (side !== "differs") return printable((here ?? shared)!);
  const both = here === shared ? here! : `${here} here, ${shared} shared`;
  return printable(parts?.length ? `${both} (not alike: ${parts.join(", ")})` : both);
}

const ownLines = (own: readonly string[], style: Style) =>
  own.map((name) => `  ${style.yellow(`${style.warning} ${name}`)}  is this session's own`);

const titleOf = ({ name, live, cwd }: Comparison, style: Style) =>
  `${style.bold(printable(name))}  ${live ? style.green("live") : style.dim("ended")}  ${printable(cwd)}`;
