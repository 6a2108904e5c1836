/**
 * Shows what the parts of a run reported, in the order of the files: on stdout for a terminal, and with `--write PAGE` also
 * between the two marks of that page of Markdown. Usage: table.ts [--write PAGE] PART.json…
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { type Part, toMarkdown, toTerminal } from "./tables.ts";
import { machine } from "./machine.ts";

const words = process.argv.slice(2);
const page = words[0] === "--write" ? words.splice(0, 2)[1] : undefined;
const parts = words.map((file): Part => {
  const name = basename(file, ".json");
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return { name, ...(text === "" ? { rows: undefined } : JSON.parse(text)) };
});
console.log(toTerminal(parts));
console.log(`\n${machine()}`);
if (page !== undefined) {
  const [begin, end] = ["<!-- measured by scripts/bench -->", "<!-- end of what was measured -->"];
  const text = readFileSync(page, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for figures: ${begin} … ${end}`);
  const measured = `${begin}\n\n${machine()}\n\n${toMarkdown(parts)}\n\n`;
  writeFileSync(page, text.slice(0, from) + measured + text.slice(to));
  execFileSync("node_modules/.bin/deno", ["fmt", "--quiet", page]);
}
