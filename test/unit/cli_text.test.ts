import { expect, test } from "vitest";
import { displayWidth, renderTable, truncate, within } from "../../src/cli/output.ts";
import { createStyle, styleFor } from "../../src/cli/style.ts";
import { printable, printableLines } from "../../src/cli/text.ts";

const plain = (text: string) => text;

test("control characters of foreign text are shown, never sent to the terminal", () => {
  expect(printable("a\x1b[2Jb\r\n\x07\x9b")).toBe("a\\e[2Jb\\r\\n\\x07\\u009b");
  expect(printable("evil\u202egnp.exe")).toBe("evil\\u202egnp.exe");
  expect(printable("half \ud800 pair")).toBe("half \\ud800 pair");
  expect(printable("naïve 日本 👩‍👩‍👧 ok")).toBe("naïve 日本 👩‍👩‍👧 ok");
  expect(printableLines("a\nb\x1b")).toBe("a\nb\\e");
});

test("no code point below U+3000 that could steer a terminal gets through", () => {
  for (let code = 0; code < 0x3000; code++) {
    const shown = printable(String.fromCodePoint(code));
    expect(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(shown), code.toString(16)).toBe(false);
  }
});

test("columns of a table line up by what the terminal shows", () => {
  const text = renderTable(
    [{ title: "NAME" }, { title: "N", align: "right" }, { title: "X" }],
    [
      ["ab", "1", "x"],
      ["日本", "100", "y"],
      ["e\u0301", "20", "z"],
    ],
    Infinity,
    plain,
  );
  expect(text.split("\n")).toEqual(["NAME    N  X", "ab      1  x", "日本  100  y", "e\u0301      20  z"]);
});

test("a table fits the terminal by cutting the widest of the columns that may be cut", () => {
  const rows = [["a-very-long-name-of-a-session", "日本語日本語日本語日本語", "1.2.3"]];
  const columns = [{ title: "NAME", shrink: true }, { title: "PROJECT", shrink: true }, { title: "VERSION" }];
  for (const width of [30, 40, 50, 60]) {
    for (const line of renderTable(columns, rows, width, plain).split("\n")) {
      expect(displayWidth(line)).toBeLessThanOrEqual(width);
    }
  }
  expect(renderTable(columns, rows, 60, plain)).toContain(
    "a-very-long-name-of-a-se…  日本語日本語日本語日本語",
  );
  expect(renderTable(columns, rows, Infinity, plain)).not.toContain("…");
});

test("a column that a narrow terminal has no room for is left out, with its cells", () => {
  const columns = [{ title: "A" }, { title: "B", from: 80 }, { title: "C" }];
  expect(renderTable(columns, [["1", "2", "3"]], 79, plain)).toBe("A  C\n1  3");
  expect(renderTable(columns, [["1", "2", "3"]], 80, plain)).toBe("A  B  C\n1  2  3");
});

test("a cell cannot bring its own colours or lines", () => {
  const cell = { text: "x\x1b[31m\ny", paint: createStyle(true, true).green };
  const [, line] = renderTable([{ title: "A" }], [[cell]], Infinity, plain).split(/\n/);
  expect(line).toBe("\x1b[32mx\\e[31m\\ny\x1b[39m");
});

test("text is cut between whole characters", () => {
  expect(truncate("日本語", 4)).toBe("日…");
  expect(truncate("👩‍👩‍👧👩‍👩‍👧", 3)).toBe("👩‍👩‍👧…");
  expect(truncate("abc", 3)).toBe("abc");
});

test("colours follow the terminal, NO_COLOR and FORCE_COLOR", () => {
  const coloured = (terminal: boolean, env: Record<string, string>) =>
    styleFor(terminal, env).red("x") !== "x";
  expect(coloured(true, {})).toBe(true);
  expect(coloured(false, {})).toBe(false);
  expect(coloured(true, { NO_COLOR: "1" })).toBe(false);
  expect(coloured(true, { NO_COLOR: "" })).toBe(true);
  expect(coloured(true, { TERM: "dumb" })).toBe(false);
  expect(coloured(false, { FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(true);
  expect(coloured(true, { FORCE_COLOR: "0" })).toBe(false);
});

test("symbols are ASCII where the locale is not UTF-8", () => {
  for (const env of [{}, { LANG: "C" }, { LANG: "C.UTF-8", LC_ALL: "POSIX" }]) {
    const { ok, failed, skipped, pending, warning, spinner } = styleFor(true, env);
    expect([ok, failed, skipped, pending, warning, ...spinner].join("")).toMatch(/^[\x20-\x7e]+$/);
  }
  expect(styleFor(true, { LANG: "de_DE.utf8" }).ok).toBe("✓");
});

test("what does not fit behind a label goes on below it, between words, and a command stays whole", () => {
  expect(within("fits as  it is", 80, 6)).toBe("fits as  it is");
  expect(within("the registry cannot be reached from this host", 40, 8, 2)).toBe(
    "the registry cannot be reached\n  from this host",
  );
  const command = "claude-session --resume one-with-a-long-name --detach";
  expect(within(`go on with it: ${command}`, 60, 6)).toBe(`go on with it:\n      ${command}`);
  expect(within("names\n  of two\n  lines", 80, 6)).toBe("names\n  of two\n  lines");
});
