/** How to start this very program again, compiled or from source, as the front of an argv. */
export function selfCommand(): string[] {
  const program = process.execPath;
  if (import.meta.url.includes("/$bunfs/") || isCompiledDeno()) return [program];
  const main = new URL("../main.ts", import.meta.url).pathname;
  return "Deno" in globalThis ? [program, "run", "-A", main] : [program, main];
}

function isCompiledDeno(): boolean {
  const { Deno } = globalThis as { Deno?: { build?: { standalone?: boolean } } };
  return Deno?.build?.standalone === true;
}
