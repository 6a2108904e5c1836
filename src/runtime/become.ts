import { accessSync, constants } from "node:fs";
import { errno, Failure } from "../errors.ts";

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
      cause: error,
    });
  }
  throw new Failure(`cannot run ${file}: execve returned`);
}

interface Library {
  symbols: Record<string, (...values: unknown[]) => number>;
}
interface DenoNamespace {
  dlopen(name: string, symbols: Record<string, unknown>): Library;
  UnsafePointer: { of(value: Uint8Array): unknown; value(pointer: unknown): bigint };
}

/** Deno has no execve of its own, but its C library has. */
function execveByForeignCall(file: string, argv: readonly string[], env: Record<string, string>): void {
  const deno = (globalThis as { Deno?: DenoNamespace }).Deno;
  if (!deno?.dlopen) {
    throw new Failure("this JavaScript runtime cannot become another program", {
      hint: "use the claude-ops binary, Bun, Deno with --allow-ffi, or Node 22.15 or newer",
    });
  }
  const { symbols } = deno.dlopen("libc.so.6", {
    execve: { parameters: ["buffer", "buffer", "buffer"], result: "i32" },
    signal: { parameters: ["i32", "usize"], result: "usize" },
  });
  const [sigpipe, byDefault] = [13, 0n];
  symbols.signal!(sigpipe, byDefault);
  const kept: Uint8Array[] = [];
  const text = (value: string) => {
    const bytes = new TextEncoder().encode(value + "\0");
    kept.push(bytes);
    return bytes;
  };
  const vector = (values: readonly string[]) => {
    const pointers = values.map((value) => deno.UnsafePointer.value(deno.UnsafePointer.of(text(value))));
    return new Uint8Array(BigUint64Array.from([...pointers, 0n]).buffer);
  };
  const pairs = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  symbols.execve!(text(file), vector(argv), vector(pairs));
  throw new Failure(`cannot run ${file}: the kernel refused it (${kept.length} strings)`, {
    hint: "check that it is an executable made for this machine",
  });
}
