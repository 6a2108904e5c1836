import { basename } from "node:path";
import { fileURLToPath } from "node:url";

/** True inside the shipped binary; false when Deno, Bun or Node runs the sources. */
export const compiled: boolean = !["deno", "bun", "node", "bun-profile"].includes(
  basename(process.execPath),
);

/** The words that start this same program again, whatever runs it: put the arguments behind them. */
export function selfCommand(): string[] {
  if (compiled) return [process.execPath];
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  return basename(process.execPath) === "deno"
    ? [process.execPath, "run", "-A", main]
    : [process.execPath, main];
}
