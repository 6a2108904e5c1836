import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

// Arrows point down only; on one level they may point to a neighbour. A leaf is for everybody.
const levels = [
  ["main.ts", "programs.ts", "claude_session.ts", "claude_shell.ts"],
  ["commands", "doors", "shell"],
  [
    "host",
    "remote",
    "shared",
    "sessions",
    "cleanup",
    "updates",
    "schedule",
    "guard",
    "coordination",
    "memory",
  ],
  ["claude", "store", "config"],
  ["runtime"],
  ["cli", "before_end.ts", "errors.ts", "nearest.ts", "version.ts"],
];
const files = globSync("src/**/*.ts").sort();

interface Import {
  from: string;
  to: string;
}

/** What is imported by an `import`, an `export from` or an `import()`, types included. */
function importsOf(file: string, text: string): Import[] {
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^;"']*?\bfrom\s*"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)|(?:^|\n)import\s*"([^"]+)"/g,
  );
  return [...found].map(([, from, dynamic, bare]) => ({ from: file, to: (from ?? dynamic ?? bare)! }));
}

function partOf(file: string): string {
  return relative("src", file).split("/")[0]!;
}

function levelOf(file: string): number {
  return levels.findIndex((parts) => parts.includes(partOf(file)));
}

function arrowsBack(imports: readonly Import[]): string[] {
  return imports.filter(({ to }) => to.startsWith(".")).flatMap(({ from, to }) => {
    const target = relative(".", resolve(dirname(from), to));
    if (!target.startsWith("src/") || levelOf(target) >= levelOf(from)) return [];
    return [`${from} imports ${target}`];
  });
}

test("every part of src has its level", () => {
  expect(files.length).toBeGreaterThan(20);
  expect([...new Set(files.filter((file) => levelOf(file) < 0).map(partOf))]).toEqual([]);
});

test("no import runs back", () => {
  expect(files.flatMap((file) => arrowsBack(importsOf(file, readFileSync(file, "utf8"))))).toEqual([]);
});

test("no file imports itself by way of others, types apart", () => {
  const imports = new Map(files.map((file) => [
    file,
    importsOf(file, readFileSync(file, "utf8").replace(/^import type [^;]*;|\bimport\([^)]*\)/gm, ""))
      .map(({ to }) => join(dirname(file), to)),
  ]));
  const [done, circles] = [new Set<string>(), [] as string[]];
  const visit = (file: string, way: readonly string[]) => {
    if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(" → "));
    if (done.has(file)) return;
    done.add(file);
    for (const next of imports.get(file) ?? []) visit(next, [...way, file]);
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});

test("an import that runs back would be found in every form", () => {
  const forms = [
    'import { run } from "../sessions/x.ts";',
    'import type {\n  A,\n  B,\n} from "../sessions/x.ts";',
    'const { run } = await import("../sessions/x.ts");',
    'import "../sessions/x.ts";',
    'export * from "../sessions/x.ts";',
    'type A = import("../sessions/x.ts").A;',
  ];
  for (const form of forms) {
    expect(arrowsBack(importsOf("src/runtime/y.ts", form)), form).toEqual([
      "src/runtime/y.ts imports src/sessions/x.ts",
    ]);
    expect(arrowsBack(importsOf("src/commands/y.ts", form)), form).toEqual([]);
  }
});

test("relative imports name files that exist, with their ending", () => {
  const broken = files.flatMap((file) => importsOf(file, readFileSync(file, "utf8")))
    .filter(({ to }) => to.startsWith("."))
    .filter(({ from, to }) => !files.includes(join(dirname(from), to)) && !to.endsWith(".json"));
  expect(broken).toEqual([]);
});

test("what src exports to be called is imported somewhere", () => {
  const uses = ["src", "test", "scripts", "demo", "release"].flatMap((part) => globSync(`${part}/**/*.ts`))
    .map((file) => readFileSync(file, "utf8"))
    .flatMap((text) => [...new Set(text.match(/\w+\.ts(?=")/g))].map((name) => ({ name, text })));
  const importers = Map.groupBy(uses, ({ name }) => name);
  const idle = files.flatMap((file) => {
    const exported = readFileSync(file, "utf8").matchAll(
      /^export (?:async )?(?:function|const|class)\*? (\w+)/gm,
    );
    return [...exported].map(([, name]) => name!).filter((name) =>
      !importers.get(basename(file))?.some(({ text }) => new RegExp(`\\b${name}\\b`).test(text))
    ).map((name) => `${file}: ${name}`);
  });
  expect(idle).toEqual([]);
});

test("what belongs to one runtime stays in src/runtime", () => {
  const own = /\b(Bun|Deno)\.|"bun:|\bprocess\.execve\b/;
  const users = files.filter((file) => partOf(file) !== "runtime").filter((file) =>
    own.test(withoutComments(readFileSync(file, "utf8")))
  );
  expect(users).toEqual([]);
  expect(own.test(withoutComments("// Bun.file\nDeno.exit()"))).toBe(true);
});

test("only main.ts ends the process", () => {
  const enders = files.filter((file) =>
    /\bprocess\.exit\(/.test(withoutComments(readFileSync(file, "utf8")))
  );
  expect(enders).toEqual(["src/main.ts"]);
});

test("no file has more than 300 lines", () => {
  expect(files.filter((file) => readFileSync(file, "utf8").split("\n").length > 300)).toEqual([]);
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, "").replace(/(^|\s)\/\/.*/g, "$1");
}
