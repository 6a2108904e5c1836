/** Prints the results in a directory as a table. Usage: table.ts DIRECTORY */
import { existsSync, readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";

const directory = process.argv[2]!;
// deno-lint-ignore no-explicit-any
const read = (name: string): any =>
  existsSync(`${directory}/${name}.json`)
    ? JSON.parse(readFileSync(`${directory}/${name}.json`, "utf8"))
    : undefined;
const rows: string[][] = [["what", "measured", "yardstick", "ratio", "goal"]];
const session = read("session");
if (session) {
  const { ms, ratio } = session;
  rows.push([
    "session start, check not due",
    `${ms.notDue} ms`,
    `bash launcher ${ms.bash} ms`,
    `${ratio.notDue} ×`,
    "≤ 0.75 ×",
  ]);
  rows.push([
    "session start, check due",
    `${ms.due} ms`,
    `bash launcher ${ms.bash} ms`,
    `${ratio.due} ×`,
    "≤ 0.75 ×",
  ]);
}
const list = read("list");
if (list) {
  const { ms, ratio } = list;
  const titles = { list: "session list", start: "session start", name: "a name that is taken" };
  for (const [what, title] of Object.entries(titles)) {
    rows.push([
      `${title}, 10,000 ended ones`,
      `${ms[`${what}.many`]} ms`,
      `100 ended ones ${ms[`${what}.few`]} ms`,
      `${ratio[what]} ×`,
      "≤ 3 ×",
    ]);
  }
}
const left = read("left");
if (left) {
  if (!left.becameClaude) throw new Error("the process that was started did not become Claude Code");
  rows.push([
    "memory that stays behind per session",
    `${left.bytes} B in ${left.processes} processes`,
    "0 B",
    "-",
    "0 B",
  ]);
}
const install = read("install");
if (install) {
  const { ms, ratio, bytes, wireRatio } = install;
  const mb = (count: number) => `${(count / 1e6).toFixed(1)} MB`;
  rows.push([
    "install of a fresh host",
    `${ms.install} ms`,
    `by hand in one ssh ${ms.byHand} ms`,
    `${ratio.install} ×`,
    "-",
  ]);
  rows.push([
    "the same again",
    `${ms.installAgain} ms`,
    `by hand again ${ms.byHandAgain} ms`,
    `${ratio.again} ×`,
    "-",
  ]);
  rows.push([
    "bytes on the wire",
    mb(bytes.wire),
    `binary ${mb(bytes.binary)}`,
    `${wireRatio} ×`,
    "≤ 0.45 ×",
  ]);
  rows.push(["bytes on the wire, again", mb(bytes.again), "-", "-", "-"]);
}
const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
for (const row of rows) {
  console.log(row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd());
}
console.log(
  `\n${cpus()[0]?.model}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${
    new Date().toISOString().slice(0, 10)
  }`,
);
