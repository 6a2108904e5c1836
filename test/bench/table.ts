/** Prints what the parts of a run reported as one table, in the order of the files. Usage: table.ts FILE… */
import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import type { Row } from "./report.ts";

const rows = process.argv.slice(2).flatMap((file) => JSON.parse(readFileSync(file, "utf8")).rows as Row[]);
const cells = [["what", "measured", "yardstick", "ratio", "goal"], ...rows.map(cellsOf)];
const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
for (const row of cells) {
  console.log(`| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`);
  if (row === cells[0]) console.log(`| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`);
}
const model = `${cpus()[0]?.model}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`;
console.log(`\n${model}, ${new Date().toISOString().slice(0, 10)}`);

function cellsOf({ what, measured, yardstick = "-", ratio, goal }: Row): string[] {
  const missed = ratio !== undefined && goal !== undefined && ratio > goal ? " **missed**" : "";
  return [
    what,
    measured,
    yardstick,
    ratio === undefined ? "-" : `${ratio.toFixed(2)} ×`,
    goal === undefined ? "-" : `≤ ${goal} ×${missed}`,
  ];
}
