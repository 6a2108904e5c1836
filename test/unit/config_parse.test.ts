import { expect, test } from "vitest";
import { keyLines } from "../../src/config/locate.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { ConfigFailure } from "../../src/config/problem.ts";
import { configOf, keys } from "../../src/config/schema.ts";
import { choice, duration, integer, size } from "../../src/config/values.ts";

const problemsOf = (text: string) =>
  parseConfig("f", text).problems.map(({ line, message, hint }) => [line, message, hint]);

test("an unknown key is named with its line and the nearest valid one", () => {
  expect(problemsOf('# c\n[updates]\nchanel = "x"\n')).toEqual([
    [3, 'unknown key "updates.chanel"', 'did you mean "claude.channel"?'],
  ]);
  expect(problemsOf("[updates]\nintervall = 1\n")).toEqual([
    [2, 'unknown key "updates.intervall"', 'did you mean "updates.interval"?'],
  ]);
  expect(problemsOf("[claude]\nzzz = 1\n")).toEqual([[
    2,
    'unknown key "claude.zzz"',
    '[claude] has "channel", "version"',
  ]]);
  expect(problemsOf('channel = "stable"\n')).toEqual([
    [1, 'unknown key "channel"', 'did you mean "claude.channel"?'],
  ]);
});

test("an unknown section is named once, whatever it holds", () => {
  expect(problemsOf("\n[udpates]\na = 1\nb = 2\n")).toEqual([
    [2, 'unknown section "udpates"', 'did you mean "updates"?'],
  ]);
  for (const name of ["__proto__", "constructor", "toString"]) {
    expect(problemsOf(`[${name}]\na = 1\n`)[0]?.slice(0, 2)).toEqual([1, `unknown section "${name}"`]);
  }
  for (const name of ["__proto__", "constructor"]) {
    expect(problemsOf(`[updates]\n${name} = 1\n`)[0]?.[1]).toBe(`unknown key "updates.${name}"`);
  }
});

test("a wrong value is answered with what is allowed", () => {
  const [[line, message, hint]] = problemsOf('[claude]\n\nchannel = "nightly"\n') as [
    [number, string, string],
  ];
  expect([line, message, hint]).toEqual([
    3,
    '"claude.channel" must be one of "latest", "stable"',
    'the default is "latest"',
  ]);
  for (const wrong of ["1", '"yes"', "[]", "{}", "nan", "1979-05-27", '"1h"']) {
    expect(problemsOf(`updates.check = ${wrong}\n`)[0]?.[1]).toBe('"updates.check" must be true or false');
  }
  for (
    const wrong of ["3600", '"1 hour"', '""', '"h"', '"-1h"', '"30s"', '"1e9d"', '"99999d"', '"1constructor"']
  ) {
    expect(problemsOf(`[updates]\ninterval = ${wrong}\n`)[0]?.[1]).toMatch(
      /^"updates\.interval" must be a duration such as/,
    );
  }
});

test("a value where a section belongs is explained", () => {
  expect(problemsOf("updates = true\n")[0]?.slice(0, 2)).toEqual([1, '"updates" must be a section']);
  expect(problemsOf("[[updates]]\ncheck = true\n")[0]?.slice(0, 2)).toEqual([
    1,
    '"updates" must be a section',
  ]);
});

test("broken TOML is reported with line and column, and the line is shown", () => {
  const { problems } = parseConfig("/etc/x.toml", '[claude]\nchannel = "stable\n');
  expect(problems).toMatchObject([{
    line: 2,
    column: expect.any(Number),
    hint: 'look at the line: channel = "stable',
  }]);
  expect(new ConfigFailure(problems).message).toMatch(/^\/etc\/x\.toml:2:\d+: not valid TOML: /);
  expect(parseConfig("f", `a = ${"[".repeat(100_000)}`).problems).toHaveLength(1);
  expect(parseConfig("f", `a = 1${"x".repeat(100_000)}`).problems[0]!.hint.length).toBeLessThan(200);
});

test("lines are found for every way to write a key", () => {
  const lines = keyLines([
    "# [not.this]",
    'top = "a = b"',
    "",
    "[ a . 'b c' ] # why",
    'k."x.y" = 1',
    'text = """',
    "[no]",
    "no = 1",
    '"""',
    "after = '''one line'''",
    "last = { inline = 1 }",
  ].join("\n"));
  expect(Object.fromEntries(lines)).toEqual({
    top: 2,
    "a.b c": 4,
    "a.b c.k.x.y": 5,
    "a.b c.text": 6,
    "a.b c.after": 10,
    "a.b c.last": 11,
  });
});

test("a key in an inline table has the line of the table", () => {
  expect(problemsOf("\nupdates = { chek = true }\n")[0]?.[0]).toBe(2);
});

test("units are exact, and a value is shown as it can be written", () => {
  const time = duration("1h", "x");
  expect(["90s", "1h", "30d", "1.5h", "2w", "250ms", "0s"].map((text) => time.accept(text)))
    .toEqual([90_000, 3_600_000, 2_592_000_000, 5_400_000, 1_209_600_000, 250, 0]);
  expect([90_000, 3_600_000, 86_400_000, 0].map((value) => time.show(value))).toEqual([
    '"90s"',
    '"1h"',
    '"1d"',
    '"0ms"',
  ]);
  const space = size("300MiB", "x", { min: "1MiB", max: "1TiB" });
  expect(["300MiB", "1 GB", "1TiB", "1B", "2TiB", "300M", "1mib"].map((text) => space.accept(text)))
    .toEqual([300 * 2 ** 20, 1e9, 2 ** 40, undefined, undefined, undefined, undefined]);
  expect([space.show(300 * 2 ** 20), space.show(1500)]).toEqual(['"300MiB"', '"1500B"']);
  const number = integer(3, "x", { min: 1, max: 9 });
  expect([1, 9, 0, 10, 1.5, "3", true].map((value) => number.accept(value))).toEqual([
    1,
    9,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(choice(["a", "b"], "a", "x").accept("c")).toBeUndefined();
});

test("every default of the schema is a value that its key accepts when it is written as shown", () => {
  for (const [name, key] of keys) {
    const [section, entry] = name.split(".");
    const { settings, problems } = parseConfig("f", `[${section}]\n${entry} = ${key.show(key.default)}\n`);
    expect(problems, name).toEqual([]);
    expect(settings.get(name)?.value, name).toEqual(key.default);
    expect(key.summary, name).toMatch(/^[A-Z].*[^.]$/);
  }
  expect(Object.keys(configOf(new Map())).length).toBeGreaterThan(0);
});

test("no text, however broken, leads to anything but settings or problems with a place", () => {
  const pieces = [
    "[",
    "]",
    "=",
    "updates",
    "check",
    ".",
    '"',
    "'",
    '"""',
    "\n",
    " ",
    "true",
    "1h",
    "{",
    "}",
    ",",
    "#",
    "\\",
    "\0",
    "é",
    "__proto__",
    "\ud800",
  ];
  let seed = 11;
  const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
  for (let round = 0; round < 5000; round++) {
    const text = Array.from({ length: random(14) }, () => pieces[random(pieces.length)]).join("");
    for (const problem of parseConfig("f", text).problems) {
      expect(problem.line ?? 1, text).toBeGreaterThan(0);
      expect(problem.message.includes("\n") || problem.hint.includes("\n"), text).toBe(false);
    }
  }
});
