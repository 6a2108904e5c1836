import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { expect, test } from "vitest";

/** All that is loaded with a module: what it imports at once, and not types or what it asks for later. */
function loadedWith(entry: string): { files: string[]; others: string[] } {
  const [files, others] = [new Set([resolve(entry)]), new Set<string>()];
  for (const file of files) {
    const text = readFileSync(file, "utf8");
    for (const [, path] of text.matchAll(/^(?:import|export) (?!type )[^;"]*?from "([^"]+)"/gm)) {
      if (path!.startsWith(".")) files.add(resolve(dirname(file), path!));
      else others.add(path!);
    }
  }
  return { files: [...files].map((file) => relative(".", file)), others: [...others] };
}

// Each module of its own costs a start some 20 µs, node:fs alone 1 ms of its 7, node:crypto another 3 (Bun 1.4.5).
test("a start loads node:fs and no other library", () => {
  const { others } = loadedWith("src/claude_session.ts");
  expect(others).toEqual(["node:fs"]);
});

test("a start loads few modules, none of which belong to other commands", () => {
  const { files } = loadedWith("src/claude_session.ts");
  expect(files).toContain("src/sessions/launch.ts");
  expect(files.filter((file) => /^src\/(commands|cli|doors|host|remote|memory)\//.test(file))).toEqual([]);
  expect(files.length).toBeLessThanOrEqual(60);
});
