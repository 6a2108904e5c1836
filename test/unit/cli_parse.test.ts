import { expect, expectTypeOf, test } from "vitest";
import { defineCommand, type Input, type Table } from "../../src/cli/command.ts";
import { type Request, resolve, resolveProgram } from "../../src/cli/resolve.ts";
import { UsageFailure } from "../../src/errors.ts";

const nothing = () => Promise.resolve({ data: null });
const start = defineCommand({
  name: "session start",
  summary: "Start",
  args: [{ name: "NAME", summary: "Name", optional: true }],
  options: {
    check: { type: "boolean", short: "c", summary: "Check" },
    user: { type: "string", short: "u", value: "NAME", summary: "User" },
    tag: { type: "string", value: "TAG", summary: "Tag", multiple: true },
    channel: {
      type: "string",
      value: "NAME",
      summary: "Channel",
      choices: ["latest", "stable"],
      default: "latest",
    },
    jobs: { type: "integer", value: "N", summary: "Jobs", min: 1, max: 64, default: 4 },
  },
  rest: { name: "CLAUDE-ARGS", summary: "Passed on" },
  examples: [],
  run(input) {
    expectTypeOf(input.options.check).toEqualTypeOf<boolean>();
    expectTypeOf(input.options.user).toEqualTypeOf<string | undefined>();
    expectTypeOf(input.options.tag).toEqualTypeOf<string[]>();
    expectTypeOf(input.options.channel).toEqualTypeOf<"latest" | "stable">();
    expectTypeOf(input.options.jobs).toEqualTypeOf<number>();
    return nothing();
  },
});
const list = defineCommand({ name: "session list", summary: "List", examples: [], run: nothing });
const install = defineCommand({
  name: "install",
  summary: "Install",
  args: [{ name: "TARGET", summary: "Hosts", variadic: true }],
  examples: [],
  run: nothing,
});
const secret = defineCommand({
  name: "__inner",
  summary: "Hidden",
  examples: [],
  hidden: true,
  run: nothing,
});
const lock = defineCommand({
  name: "lock run",
  summary: "Run",
  args: [{ name: "MODE", summary: "Mode", choices: ["shared", "exclusive"] }],
  rest: { name: "CMD", summary: "Command", required: true },
  examples: [],
  run: nothing,
});
const version = defineCommand({ name: "version", summary: "Version", examples: [], run: nothing });
const session = { name: "session", summary: "Sessions", commands: [start, list] };
const table: Table = [
  {
    title: "All",
    entries: [install, session, { name: "lock", summary: "Locks", commands: [lock] }, version, secret],
  },
];

function ask(line: string): Request {
  return resolve(table, line.split(" ").filter(Boolean));
}
function input(line: string): Input {
  const request = ask(line);
  if (!("run" in request)) throw new Error("shows help");
  return request.input;
}
function shown(line: string): unknown {
  const request = ask(line);
  return "show" in request ? request.show : undefined;
}
function refusal(line: string): [message: string, hint: string | undefined] {
  try {
    ask(line);
  } catch (error) {
    if (error instanceof UsageFailure) return [error.message, error.hint];
    throw error;
  }
  throw new Error(`accepted: ${line}`);
}

test("the longest name of a command wins, and what follows is its arguments", () => {
  expect(ask("session start a")).toMatchObject({ run: start, input: { args: ["a"] } });
  expect(ask("session list")).toMatchObject({ run: list });
});

test("options take their value after a space, after = and right after the letter", () => {
  for (const line of ["--user ann", "--user=ann", "-u ann", "-uann", "-cuann"]) {
    expect(input(`session start ${line}`).options.user).toBe("ann");
  }
  expect(input("session start -cuann").options.check).toBe(true);
});

test("options that are left out have their defaults", () => {
  expect(input("session start").options).toEqual({
    check: false,
    user: undefined,
    tag: [],
    channel: "latest",
    jobs: 4,
  });
});

test("options may stand between and behind arguments; repeated ones are collected", () => {
  const { args, options } = input("session start --tag a name --tag b --jobs 9");
  expect(args).toEqual(["name"]);
  expect(options).toMatchObject({ tag: ["a", "b"], jobs: 9 });
});

test("words after -- are passed on unread, or are arguments where nothing is passed on", () => {
  expect(input("session start a -- --model opus --json")).toMatchObject({
    args: ["a"],
    rest: ["--model", "opus", "--json"],
  });
  expect(input("install -- --odd-host")).toMatchObject({ args: ["--odd-host"], rest: [] });
});

test("--json and --verbose are understood before and behind the command, but not behind --", () => {
  expect(ask("--json session list").flags).toEqual({ json: true, verbose: false });
  expect(ask("session list --verbose").flags).toEqual({ json: false, verbose: true });
  expect(ask("session start -- --json").flags.json).toBe(false);
});

test("help is found however it is asked for, also when arguments are missing", () => {
  for (const line of ["", "help", "--help", "-h", "--json", "help --json"]) expect(shown(line)).toBe("all");
  for (const line of ["session", "session --help", "help session", "--help session"]) {
    expect(shown(line)).toBe(session);
  }
  for (const line of ["install --help", "help install", "-h install", "install -h x"]) {
    expect(shown(line)).toBe(install);
  }
  expect(shown("help session list")).toBe(list);
});

test("--version is the command version", () => {
  expect(ask("--version --json")).toMatchObject({ run: version, flags: { json: true } });
});

test("a program that is one command reads its words without the command's name", () => {
  expect(resolveProgram(start, ["session", "--jobs", "2"])).toMatchObject({
    run: start,
    input: { args: ["session"] },
  });
  expect(resolveProgram(start, ["--help"])).toMatchObject({ show: start });
});

test("an unknown command is refused with the nearest one as the hint, never a hidden one", () => {
  expect(refusal("instal x")).toEqual(['unknown command "instal"', "did you mean claude-ops install?"]);
  expect(refusal("isntall x")).toEqual(['unknown command "isntall"', "did you mean claude-ops install?"]);
  expect(refusal("session strat")).toEqual([
    'unknown command "session strat"',
    "did you mean claude-ops session start?",
  ]);
  for (const odd of ["frobnicate", "foo"]) {
    expect(refusal(`session ${odd}`)).toEqual([
      `unknown command "session ${odd}"`,
      "see claude-ops session --help",
    ]);
  }
  expect(refusal("start")[1], "said without its group").toBe("did you mean claude-ops session start?");
  expect(refusal("help instal")).toEqual(['unknown command "instal"', "did you mean claude-ops install?"]);
  expect(refusal("__innr")[1]).toBe("see claude-ops --help");
  expect(refusal("constructor")[0]).toBe('unknown command "constructor"');
});

test("an unknown option is refused with the nearest one as the hint", () => {
  expect(refusal("session start --chek")).toEqual(["unknown option --chek", "did you mean --check?"]);
  expect(refusal("session start --jsn")).toEqual(["unknown option --jsn", "did you mean --json?"]);
  expect(refusal("session start -x")).toEqual(["unknown option -x", "see claude-ops session start --help"]);
  expect(refusal("session start --zzzzzz=1")).toEqual([
    "unknown option --zzzzzz",
    "see claude-ops session start --help",
  ]);
  expect(refusal("--user ann session start")).toEqual([
    "unknown option --user",
    "options come after the command",
  ]);
  for (const name of ["constructor", "__proto__", "hasOwnProperty"]) {
    expect(refusal(`session start --${name}`)[0]).toBe(`unknown option --${name}`);
    expect(refusal(`--${name}`)[0]).toBe(`unknown option --${name}`);
  }
});

test("missing and left-over arguments are named", () => {
  expect(refusal("install")).toEqual(["install: TARGET is missing", "usage: claude-ops install TARGET..."]);
  expect(refusal("session list x")[0]).toBe('session list: unexpected argument "x"');
  expect(refusal("lock run shared")[0]).toBe("lock run: CMD is missing after --");
});

test("values are checked against what the table allows", () => {
  expect(refusal("lock run shard -- x")).toEqual([
    'MODE: "shard" is not one of shared, exclusive',
    "did you mean shared?",
  ]);
  expect(refusal("session start --channel nightly")[0]).toBe(
    '--channel: "nightly" is not one of latest, stable',
  );
  for (const bad of ["0", "65", "1.5", "-1", "x", "1e3", "99999999999999999999"]) {
    expect(refusal(`session start --jobs=${bad}`)[0]).toBe(
      `--jobs: "${bad}" is not a whole number from 1 to 64`,
    );
  }
});

test("a value that is missing, empty, given twice or given to a switch is refused", () => {
  expect(refusal("session start --user")[0]).toBe("--user needs a value");
  expect(refusal("session start --user=")[0]).toBe("--user needs a value");
  expect(refusal("session start --user --check")[0]).toBe("--user needs a value");
  expect(() => resolve(table, ["session", "start", "--user", ""])).toThrow("--user needs a value");
  expect(refusal("session start --user a --user b")[0]).toBe("--user was given twice");
  expect(refusal("session start --check=yes")[0]).toBe("--check takes no value");
});

test("no words, however odd, lead to anything but a request or a refusal", () => {
  const pieces = [
    "session",
    "start",
    "install",
    "--",
    "-",
    "--json",
    "--user",
    "=",
    "-u",
    "--tag=",
    "\x00",
    "é",
    "--=x",
    "-=",
    "",
  ];
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
  for (let round = 0; round < 5000; round++) {
    const words = Array.from(
      { length: random(6) },
      () => pieces[random(pieces.length)]! + (random(4) ? "" : pieces[random(pieces.length)]!),
    );
    try {
      expect(resolve(table, words)).toHaveProperty("flags");
    } catch (error) {
      if (!(error instanceof UsageFailure)) throw new Error(`${JSON.stringify(words)}: ${error}`);
    }
  }
});
