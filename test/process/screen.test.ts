import { expect, test } from "vitest";
import { runAtTerminal } from "./at_terminal.ts";

const source = new URL("../../src/cli/screen.ts", import.meta.url).pathname;
const [enter, leave] = ["\x1b[?1049h", "\x1b[?1049l"];

/** A view that shows the keys it was given; `x` ends it, `!` breaks it. */
const program = (more: string) => `
import { showView } from ${JSON.stringify(source)};
${more}
let keys = "";
const view = {
  render: ({ columns, rows }) => ["size " + columns + "x" + rows, "keys " + keys],
  press(key) {
    if (key === "!") throw new Error("broken");
    keys += "<" + key + ">";
    return key === "x" ? { result: keys } : undefined;
  },
};
try {
  console.log("result " + await showView(view, process.stdout, { tick: 50 }));
  process.exit(0);
} catch (error) {
  console.log("failed " + error.message);
  process.exit(error.exit ?? 1);
}`;

/** What stands on the first screen after the second one has gone. */
const after = (screen: string) => screen.slice(screen.lastIndexOf(leave) + leave.length);

test("keys reach the view, its result comes back, and the terminal is as it was", () => {
  const { screen, status } = runAtTerminal(program(""), [["size", "a\x1b[B"], ["<down>", "\x1b"], [
    "<escape>",
    "x",
  ]]);
  expect(screen).toContain(enter);
  expect(after(screen)).toContain("result <a><down><escape><x>");
  expect(after(screen)).toContain("echo on");
  expect(screen).toContain("\x1b[?25h");
  expect(status).toBe(0);
});

test.each([
  ["Ctrl-C", "", [["size", "\x03"]], "failed interrupted", 130],
  ["a view that breaks", "", [["size", "!"]], "failed broken", 1],
  [
    "an error elsewhere",
    'setTimeout(() => { throw new Error("stray"); }, 300);',
    [["size", "a"]],
    "failed stray",
    1,
  ],
  ["SIGTERM", 'setTimeout(() => process.kill(process.pid, "SIGTERM"), 300);', [["size", "a"]], "", 143],
  ["SIGHUP", 'setTimeout(() => process.kill(process.pid, "SIGHUP"), 300);', [["size", "a"]], "", 129],
  [
    "SIGINT from outside",
    'setTimeout(() => process.kill(process.pid, "SIGINT"), 300);',
    [["size", "a"]],
    "",
    130,
  ],
] as [string, string, [string, string][], string, number][])(
  "after %s the first screen is back, and the terminal echoes",
  (_, more, keys, said, status) => {
    const ran = runAtTerminal(program(more), keys);
    expect(after(ran.screen)).toContain("echo on");
    expect(after(ran.screen)).toContain(said);
    expect(ran.screen.split(leave)).toHaveLength(2);
    expect(ran.status >> 8).toBe(status);
  },
);

test("a new size is drawn at once", () => {
  const resize = `
import { spawnSync } from "node:child_process";
setTimeout(() => spawnSync("stty", ["rows", "50", "cols", "200"], { stdio: "inherit" }), 300);`;
  const { screen } = runAtTerminal(program(resize), [["size 200x50", "x"]]);
  expect(after(screen)).toContain("result <x>");
});
