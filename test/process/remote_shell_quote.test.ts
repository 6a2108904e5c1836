import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { shellQuote } from "../../src/remote/shell_quote.ts";

const SHELLS = ["sh", "dash", "bash", "busybox sh", "zsh", "fish", "tcsh", "csh", "ksh"]
  .filter((shell) => spawnSync(shell.split(" ")[0]!, ["-c", "true"]).error === undefined);

const ODD = [
  ...[
    "",
    " ",
    "a b",
    "'",
    "''",
    '"',
    "it's",
    "\\",
    "\\\\",
    "\\'",
    "'\\",
    "a\\",
    "\\n",
    "!",
    "!!",
    "!$",
    "a!b",
    "'!'",
    "\\!",
  ],
  ...[
    "$HOME",
    "${x}",
    "$(id)",
    "`id`",
    "*",
    "?",
    "[a]",
    "{a,b}",
    "~",
    "~root",
    "=ls",
    "#",
    "a#b",
    "^a",
    "%1",
    "%self",
  ],
  ...[
    "-n",
    "--",
    ";",
    "&",
    "&&",
    "|",
    ">x",
    "<x",
    "(",
    ")",
    "@",
    "+",
    ":",
    "a=b",
    "\t",
    "\n",
    "a\nb\n",
    "\r",
    "\x1b[0m",
    "\x7f",
  ],
  ...["é", "日本語", "🙂", "\n'\\!\"$`", "%s%d%%", "\\0101", "x".repeat(3000), "'".repeat(300)],
];

test("the shells that had to be there were there", () => {
  console.info(`quoting is tried in: ${SHELLS.join(", ")}`);
  expect(SHELLS).toEqual(expect.arrayContaining(["sh", "dash", "bash"]));
});

test.each(SHELLS)("every odd argument passes through %s unchanged, alone and in company", (shell) => {
  const [program, ...args] = shell.split(" ");
  const run = (argv: string[], env: Record<string, string>) => {
    const script = shellQuote(["printf", "%s\\0", ...argv]);
    const result = spawnSync(program!, [...args, "-c", script], {
      encoding: "utf8",
      env: { PATH: process.env.PATH!, HOME: "/", ...env },
    });
    return { output: result.stdout.split("\0").slice(0, -1), stderr: result.stderr };
  };
  for (const env of [{ LC_ALL: "C" }, { LC_ALL: "C.UTF-8" }]) {
    for (const argument of ODD) {
      expect([argument, run([argument], env)]).toEqual([argument, { output: [argument], stderr: "" }]);
    }
    expect(run(ODD, env)).toEqual({ output: ODD, stderr: "" });
  }
}, 30_000);

test("a NUL is refused, for no argument can have one", () => {
  expect(() => shellQuote(["a\0b"])).toThrow(TypeError);
});
