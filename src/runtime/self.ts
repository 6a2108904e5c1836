const { Deno } = globalThis as { Deno?: { build?: { standalone?: boolean } } };

/** True inside the shipped binary; false when Deno, Bun or Node runs the sources. */
export const compiled: boolean = import.meta.url.includes("/$bunfs/") || Deno?.build?.standalone === true;

/** The words that start this same program again, whatever runs it: put the arguments behind them. */
export function selfCommand(): string[] {
  const program = process.execPath;
  if (compiled) return [program];
  const main = decodeURIComponent(new URL("../main.ts", import.meta.url).pathname);
  return Deno ? [program, "run", "-A", main] : [program, main];
}
