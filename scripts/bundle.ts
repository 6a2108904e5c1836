/**
 * Compiles the program. Usage: bundle.ts OUTFILE COMMIT [TARGET], by Bun.
 *
 * A module that several parts import becomes a chunk of its own, and each chunk costs what starts often some 50 µs
 * (Bun 1.4.5). What is listed in `alone` is therefore made from copies of all that it imports: one chunk.
 */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const alone = ["claude_session.ts", "doors/hook/run.ts"];
/** Here a class has to be the same one for all, since `instanceof` asks for it. */
const common = ["errors.ts"].map((file) => resolve("src", file));
const copies = resolve("dist/.alone");

interface Builder {
  onResolve(on: { filter: RegExp }, resolve: (asked: { path: string }) => { path: string }): void;
}
const { Bun } = globalThis as unknown as {
  Bun: { build(options: object): Promise<{ success: boolean; logs: unknown[] }> };
};

const [outfile, commit, target] = process.argv.slice(2);
if (outfile === undefined || commit === undefined) {
  throw new Error("usage: bundle.ts OUTFILE COMMIT [TARGET]");
}
try {
  copySources();
  const { success, logs } = await Bun.build({
    entrypoints: ["src/main.ts", "src/runtime/removal_worker.ts"],
    target: "bun",
    format: "esm",
    splitting: true,
    minify: true,
    // Halves the start-up.
    bytecode: true,
    define: {
      CLAUDE_OPS_COMMIT: JSON.stringify(commit),
      CLAUDE_OPS_RELEASED: String(process.env.CLAUDE_OPS_COMMIT !== undefined),
    },
    throw: false,
    compile: {
      outfile,
      ...(target === undefined ? {} : { target }),
      // A project's .env and bunfig.toml must not reach a session.
      autoloadDotenv: false,
      autoloadBunfig: false,
      // Compiling hot code ten times later spares a short run the compiler's thread: a tenth of a session's start.
      jitPolicy: 10,
    },
    plugins: [{
      name: "alone",
      setup: (builder: Builder) =>
        builder.onResolve(
          { filter: new RegExp(`/(${alone.join("|")})$`) },
          ({ path }) => ({ path: join(copies, path) }),
        ),
    }],
  });
  if (!success) throw new Error(logs.join("\n"));
} finally {
  rmSync(copies, { recursive: true, force: true });
}

/** What is loaded later, and what has to be the same for all, is not the copy's but everybody's. */
function copySources(): void {
  cpSync("src", copies, { recursive: true });
  for (const file of readdirSync(copies, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const text = readFileSync(join(copies, file), "utf8");
    const imports = /\b(from |import\()"(\.[^"]+)"/g;
    const mended = text.replace(imports, (all, how, path) => {
      const original = resolve("src", dirname(file), path);
      const shared = how === "import(" || common.includes(original) || !original.endsWith(".ts");
      return shared ? `${how}"${original}"` : all;
    });
    writeFileSync(join(copies, file), mended);
  }
}
