import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

// docs/attempts.md lists what is tried, each row by `FILE`: WORDS of the test's name; several are parted by `;`.

interface Named {
  file: string;
  words: string;
}

const read = (file: string) => readFileSync(`test/${file}.test.ts`, "utf8");

function rows(): Named[] {
  const lines = readFileSync("docs/attempts.md", "utf8").split("\n").filter((line) =>
    /^\| (?!attempt|-)/.test(line)
  );
  return lines.flatMap((line) => {
    let file = "";
    return line.split("|").at(-2)!.split(";").map((part) => {
      const [, named, words] = /^\s*(?:`([\w/]+)`: )?(.+?)\s*$/.exec(part)!;
      file = named ?? file;
      return { file, words: words! };
    });
  });
}

/** Names of tests as they are written, and what a table of cases adds to them. */
const namesIn = (text: string) =>
  [...text.matchAll(/(?:test[\w.]*(?:\([^\n]*\))?\(|^\s*\[)\s*["`]([^\n]+?)["`](?:,|$)/gm)].map(([, name]) =>
    name!
  );

test("each attempt that is listed is a test", () => {
  expect(rows().length).toBeGreaterThan(40);
  const missing = rows().filter(({ file, words }) =>
    !namesIn(read(file)).some((name) => name.includes(words))
  );
  expect(missing).toEqual([]);
});

test("each test of the attempts on a host is listed", () => {
  const listed = rows().filter(({ file }) => file === "host/attempts").map(({ words }) => words);
  const names = namesIn(read("host/attempts")).filter((name) => !/^(\/|doctor|%s:)/.test(name));
  expect(names.length).toBeGreaterThan(15);
  expect(names.filter((name) => !listed.some((words) => name.includes(words)))).toEqual([]);
});
