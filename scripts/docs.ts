import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { commandsMarkdown } from "../src/cli/markdown.ts";
import { table } from "../src/commands/table.ts";
import { configurationMarkdown } from "../src/config/markdown.ts";

const pages = {
  "docs/commands.md": commandsMarkdown(table),
  "docs/configuration.md": configurationMarkdown(),
};

/** As `deno fmt` wants it, so that the page passes the check of the format too. */
function formatted(markdown: string): string {
  return execFileSync(process.execPath, ["fmt", "--ext=md", "-"], { input: markdown, encoding: "utf8" });
}

function current(page: string): string | undefined {
  try {
    return readFileSync(page, "utf8");
  } catch {
    return undefined;
  }
}

const stale = Object.entries(pages).map(([page, markdown]) => [page, formatted(markdown)] as const)
  .filter(([page, text]) => current(page) !== text);
for (const [page, text] of stale) {
  if (process.argv.includes("--check")) console.error(`${page} is out of date: run scripts/docs`);
  else writeFileSync(page, text);
}
process.exit(process.argv.includes("--check") && stale.length > 0 ? 1 : 0);
