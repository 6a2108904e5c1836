import { styleText } from "node:util";
import type { Row } from "./report.ts";

/** What one file of test/bench reported; without rows it has failed. */
export interface Part {
  name: string;
  rows?: Row[];
}

/** `≤ 0.25 × met`, `0 B **missed**`; a dash where nothing was promised. */
function goalOf({ ratio, goal }: Row): { text: string; met?: boolean } {
  if (goal === undefined) return { text: "-" };
  if (typeof goal !== "number") return goal;
  return { text: `≤ ${goal} ×`, met: ratio! <= goal };
}

const ratioOf = ({ ratio }: Row) => ratio === undefined ? "-" : `${ratio.toFixed(2)} ×`;

function counted(rows: readonly Row[]): string {
  const goals = rows.map(goalOf).filter(({ met }) => met !== undefined);
  return `${goals.filter(({ met }) => met).length} of ${goals.length} goals are met.`;
}

const failed = ({ name }: Part) => `${name} could not be measured`;

/** Two lines a figure: what, how much, ratio and goal; then its yardstick. */
export function toTerminal(parts: readonly Part[]): string {
  const rows = parts.flatMap((part) => part.rows ?? []);
  const whats = rows.map(({ what }) => what.length);
  const width = Math.min(66, Math.max(...whats));
  const amount = Math.min(30, Math.max(...rows.map(({ measured }) => measured.length)));
  const lines = parts.flatMap((part) =>
    part.rows === undefined ? [styleText("red", failed(part))] : part.rows.flatMap((row) => {
      const { text, met } = goalOf(row);
      const end = met === undefined
        ? ""
        : `${text}  ${met ? styleText("green", "met") : styleText("red", "missed")}`;
      const first = [row.what.padEnd(width), row.measured.padEnd(amount), ratioOf(row).padStart(8), end];
      return [
        first.join("  ").trimEnd(),
        ...(row.yardstick ? [styleText("dim", `    ${row.yardstick}`)] : []),
      ];
    })
  );
  return [...lines, "", counted(rows)].join("\n");
}

/** First what was promised, then all else. */
export function toMarkdown(parts: readonly Part[]): string {
  const rows = parts.flatMap((part) => part.rows ?? []);
  const table = (chosen: Row[], withGoal: boolean) => {
    const head = ["what", "measured", "yardstick", "ratio", ...(withGoal ? ["goal"] : [])];
    const cells = chosen.map((row) => {
      const { text, met } = goalOf(row);
      const goal = `${text} ${met ? "met" : "**missed**"}`;
      return [row.what, row.measured, row.yardstick ?? "-", ratioOf(row), ...(withGoal ? [goal] : [])];
    });
    return [head, head.map(() => "---"), ...cells].map((line) => `| ${line.map(escaped).join(" | ")} |`).join(
      "\n",
    );
  };
  const promised = rows.filter(({ goal }) => goal !== undefined);
  const beside = rows.filter(({ goal }) => goal === undefined);
  return [
    counted(rows),
    ...parts.filter(({ rows }) => rows === undefined).map((part) => `**${failed(part)}.**`),
    "## What was promised",
    table(promised, true),
    "## What was measured beside",
    table(beside, false),
  ].join("\n\n");
}

const escaped = (text: string) => text.replaceAll("|", "\\|");
