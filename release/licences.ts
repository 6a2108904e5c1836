import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Part } from "./parts.ts";

/** What each library asks to be told: its licence's name, and its text where it brings one. */
export function licences(parts: readonly Part[]): string {
  const head =
    "claude-ops is made of its own code and of what follows. Bun, which runs it, has its parts' licences\n" +
    "at https://bun.com/docs/project/licensing.\n";
  return head + parts.map((part) => `\n${"=".repeat(78)}\n${section(part)}`).join("");
}

function section({ name, version, licence, directory }: Part): string {
  const files = readdirSync(directory).filter((file) => /^(licen[sc]e|copying|notice)/i.test(file)).sort();
  const texts = files.map((file) => readFileSync(join(directory, file), "utf8").trim());
  return [`${name} ${version}, ${licence}`, ...texts].join("\n\n") + "\n";
}
