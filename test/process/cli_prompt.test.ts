import { expect, test } from "vitest";
import { terminalPrompt } from "../../src/cli/prompt.ts";
import { runAtTerminal } from "./at_terminal.ts";

const prompt = new URL("../../src/cli/prompt.ts", import.meta.url).pathname;

const atTerminal = (program: string, keys: [string, string][]) =>
  runAtTerminal(
    `import { terminalPrompt } from ${
      JSON.stringify(prompt)
    };\nconst prompt = terminalPrompt();\n${program}\n`,
    keys,
  );

test("a secret is read with its corrections, and nothing of it is shown", () => {
  const { screen, status } = atTerminal('console.log("got", await prompt.secret("Password: "));', [[
    "Password: ",
    "wrong\x15opem\x7fn s\u00e9same\r",
  ]]);
  expect(screen).toContain("got open s\u00e9same");
  expect(screen.replace("got open s\u00e9same", "")).not.toMatch(/wrong|ope|same/);
  expect(screen).toContain("echo on");
  expect(status).toBe(0);
});

test("yes and no are understood, other words are asked about again, and questions wait for each other", () => {
  const program =
    'const answers = await Promise.all(["one?", "two?", "three?"].map((q) => prompt.confirm(q))); console.log(JSON.stringify(answers));';
  const { screen } = atTerminal(program, [["one?", "yes\r"], ["two?", "perhaps\r"], ["two?", "no\r"], [
    "three?",
    "Y\r",
  ]]);
  expect(screen).toContain("[true,false,true]");
  expect(screen).toContain("Please type yes or no.");
});

test.each([
  ["Ctrl-C", "", "abc\x03"],
  ["SIGTERM", 'setTimeout(() => process.kill(process.pid, "SIGTERM"), 500);', "abc"],
])("%s ends the program, with the terminal as it was", (_name, before, keys) => {
  const program = `${before} await prompt.secret("Password: "); console.log("went on");`;
  const { screen, status } = atTerminal(program, [["Password: ", keys]]);
  expect(screen).not.toMatch(/went on|abc/);
  expect(screen).toContain("echo on");
  expect(status).not.toBe(0);
});

test("without a terminal nobody can be asked", () => {
  const input = { isTTY: false } as unknown as NodeJS.ReadStream;
  expect(terminalPrompt(input, { isTTY: true } as unknown as NodeJS.WriteStream).interactive).toBe(false);
});
