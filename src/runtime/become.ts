import { accessSync, constants } from "node:fs";
import { errno, Failure } from "../errors.ts";
import { cString, openLibc, vector } from "./libc.ts";

/** Code of the failure to run a program that is there. */
export const cannotRun = "cannot-run";

/**
 * Replaces this program by another one in the same process: pid, start time, terminal, parent and exit status are the
 * new program's own. Returns only by throwing a Failure.
 *
 * Facts (Bun 1.4.5, Deno 2.9.5): both ignore SIGPIPE, Bun also SIGXFSZ, and ignored signals survive execve; a handler
 * does not, the kernel resets it. Bun raises the soft limit of open files to the hard one, which survives too.
 */
export function become(file: string, argv: readonly string[], env: Record<string, string>): never {
  try {
    accessSync(file, constants.X_OK);
    for (const signal of ["SIGPIPE", "SIGXFSZ"] as const) process.on(signal, () => {});
    // When execve fails, Bun and Node would say on stderr that it is experimental.
    process.removeAllListeners("warning");
    if (typeof process.execve === "function") process.execve(file, argv as string[], env);
    else execveByForeignCall(file, argv, env);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`cannot run ${file}: ${errno(error) ?? String(error)}`, {
      hint: "check that it is an executable made for this machine",
      code: cannotRun,
      cause: error,
    });
  }
  throw new Failure(`cannot run ${file}: execve returned`);
}

/** Deno has no execve of its own, but its C library has. */
function execveByForeignCall(file: string, argv: readonly string[], env: Record<string, string>): void {
  const libc = openLibc();
  if (libc === undefined) {
    throw new Failure("this JavaScript runtime cannot become another program", {
      hint: "use the claude-ops binary, Bun, Deno with --allow-ffi, or Node 22.15 or newer",
    });
  }
  const [sigpipe, byDefault] = [13, 0n];
  libc.signal(sigpipe, byDefault);
  const words = argv.map(cString);
  const pairs = Object.entries(env).map(([name, value]) => cString(`${name}=${value}`));
  libc.execve(cString(file), vector(libc, words), vector(libc, pairs));
  throw new Failure(`cannot run ${file}: the kernel refused it`, {
    hint: "check that it is an executable made for this machine",
    code: cannotRun,
  });
}
