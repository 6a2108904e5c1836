/** Functions of the C library of Linux. Values are numbers, `bytes` where it wants a pointer. */
export interface Libc {
  execve(file: Uint8Array, argv: Uint8Array, env: Uint8Array): number;
  setrlimit(resource: number, limit: Uint8Array): number;
  signal(signal: number, disposition: bigint): unknown;
  fcntl(descriptor: number, command: number, value: number): number;
  /** syscall(2): pointers as addresses, what is left over as 0; -1 when it failed. */
  syscall(number: number, a: number, b: number, c: number, d: number, e: number): number;
  /** Where the bytes are; they must be kept for as long as the address is used. */
  address(bytes: Uint8Array): bigint;
}

type Symbols = Omit<Libc, "address">;
interface BunForeign {
  dlopen(name: string, symbols: Record<string, unknown>): { symbols: Symbols };
  ptr(value: Uint8Array): number;
}
interface DenoForeign {
  dlopen?(name: string, symbols: Record<string, unknown>): { symbols: Symbols };
  UnsafePointer: { of(value: Uint8Array): unknown; value(pointer: unknown): bigint };
}

/** glibc, and musl on the two architectures that it is built for. */
const names = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];

/** The C library, or undefined where this runtime cannot call it. In the compiled binary opening it takes 0.1 ms (Bun 1.4.5). */
export function openLibc(): Libc | undefined {
  const { Bun, Deno } = globalThis as unknown as { Bun?: { FFI: BunForeign }; Deno?: DenoForeign };
  for (const name of names) {
    try {
      if (Bun) return viaBun(Bun.FFI, name);
      if (Deno?.dlopen) return viaDeno(Deno, name);
    } catch {
      // Another name, or not allowed.
    }
  }
  return undefined;
}

function viaBun({ dlopen, ptr }: BunForeign, name: string): Libc {
  const { symbols } = dlopen(name, {
    execve: { args: ["ptr", "ptr", "ptr"], returns: "i32" },
    setrlimit: { args: ["i32", "ptr"], returns: "i32" },
    signal: { args: ["i32", "usize"], returns: "usize" },
    fcntl: { args: ["i32", "i32", "i32"], returns: "i32" },
    // The kernel's functions that are used here return no more than 32 bits.
    syscall: { args: Array(6).fill("i64_fast"), returns: "i32" },
  });
  return { ...symbols, address: (bytes) => BigInt(ptr(bytes)) };
}

function viaDeno({ dlopen, UnsafePointer }: DenoForeign, name: string): Libc {
  const { symbols } = dlopen!(name, {
    execve: { parameters: ["buffer", "buffer", "buffer"], result: "i32" },
    setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
    signal: { parameters: ["i32", "usize"], result: "usize" },
    fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
    syscall: { parameters: Array(6).fill("i64"), result: "i32" },
  });
  return { ...symbols, address: (bytes) => UnsafePointer.value(UnsafePointer.of(bytes)) };
}

/** A `char *[]` of these strings, each of which must end with NUL. */
export function vector(libc: Libc, strings: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(BigUint64Array.from([...strings.map((text) => libc.address(text)), 0n]).buffer);
}

/** Text as the C library wants it. */
export function cString(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}
