import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { selfCommand } from "../../src/runtime/self.ts";
import { takePlace } from "../../src/runtime/take_place.ts";
import { realShells } from "../../src/shell/real_shell.ts";
import { scratch } from "./scratch.ts";

const env = {
  PATH: "/usr/bin:/bin",
  HOME: "/",
  DENO_DIR: process.env.DENO_DIR ?? `${process.env.HOME}/.cache/deno`,
};

/** What claude-shell makes of these arguments, started by sh, which can pass any bytes. */
function shell(words: string, { input = "", before = ":" } = {}) {
  const { status, signal, stdout, stderr } = spawnSync(
    "/bin/bash",
    ["-c", `${before}; "$@" claude-shell ${words}; exit $?`, "bash", ...selfCommand()],
    { env, input, encoding: "latin1" },
  );
  return { status, signal, stdout, stderr };
}

test("a command runs in the real shell, with its own status, its arguments byte for byte, and SHELL set", () => {
  // Deno itself takes UTF-8 only (2.9.5).
  const byte = "Deno" in globalThis ? "\\x41" : "\\xff";
  expect(shell(String.raw`-c 'printf "%s|" "$0" "$@" "$SHELL"; exit 7' zero $'a${byte}b' '' 'c d'`)).toEqual({
    status: 7,
    signal: null,
    stdout: `zero|a${byte === "\\xff" ? "\xff" : "A"}b||c d|${realShells()[0]}|`,
    stderr: "",
  });
});

test("signals, open files and their limit are as the caller had them", () => {
  // Deno leaves signal 32 ignored, which no program may use (2.9.5).
  const facts = "grep SigIgn /proc/self/status; ulimit -S -n; cat <&7";
  expect(shell(`-c '${facts}' 7<<<seven`, { before: "ulimit -S -n 500; trap '' HUP" }).stdout)
    .toMatch(/^SigIgn:\t00000000[08]0000001\n500\nseven\n$/);
});

test("without a terminal it reads its commands from stdin, as any shell", () => {
  expect(shell("", { input: "echo one; exit 3\n" })).toMatchObject({
    status: 3,
    stdout: "one\n",
    stderr: "",
  });
  expect(shell("-l", { input: "echo two\n" })).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/two\n$/),
  });
});

test("options and script files of the shell are the shell's", () => {
  const file = join(scratch(), "script");
  writeFileSync(file, 'echo "$1" $-');
  expect(shell(`-e ${file} given`).stdout).toMatch(/^given \w*e/);
});

test("what cannot be run is said by a throw, so that the next shell is tried", () => {
  const file = join(scratch(), "no-program");
  writeFileSync(file, "\0\0");
  const be = () => takePlace({ file, name: "x", words: [], env: {} });
  expect(be).toThrow(/cannot run/);
  chmodSync(file, 0o755);
  expect(be).toThrow(/cannot run/);
});
