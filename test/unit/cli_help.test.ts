import { expect, test } from "vitest";
import { commandsOf, isGroup } from "../../src/cli/command.ts";
import { renderCommand, renderGroup, renderNarrowOverview, renderOverview } from "../../src/cli/help.ts";
import { resolve } from "../../src/cli/resolve.ts";
import { createStyle } from "../../src/cli/style.ts";
import { table } from "../../src/commands/table.ts";

const style = createStyle(false, true);
const commands = commandsOf(table);
const visible = commands.filter(({ hidden }) => !hidden);
const groups = table.flatMap(({ entries }) => entries).filter(isGroup);

test("the whole help fits a screen of 80 by 24 and names every entry", () => {
  const lines = renderOverview(table, style).split("\n");
  // The prompt that follows needs the last line.
  expect(lines.length).toBeLessThanOrEqual(23);
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
  for (const { entries } of table) {
    for (const entry of entries) {
      const named = lines.some((line) => `${line} `.includes(` ${entry.name} `));
      expect(named, entry.name).toBe(isGroup(entry) || !entry.hidden);
    }
  }
});

test("the help of each command and group keeps to the width of the terminal", () => {
  for (const width of [40, 60, 80]) {
    const pages = [
      ...visible.map((command) => renderCommand(command, style, width)),
      ...groups.map((group) => renderGroup(group, style, width)),
      renderNarrowOverview(table, style, width),
    ];
    for (const page of pages) {
      const prose = page.split("\nExamples:")[0]!;
      for (const line of prose.split("\n")) expect(line.length, line).toBeLessThanOrEqual(width);
    }
  }
});

test("every command has a summary and an example, and its examples are command lines that parse", () => {
  expect(visible.length).toBeGreaterThan(4);
  for (const { name, summary, examples } of visible) {
    expect(summary, name).toMatch(/^[A-Z][^\n]*[^.]$/);
    expect(examples.length, name).toBeGreaterThan(0);
    for (const { command } of examples) {
      const [program, ...words] = command.split(/ [>|] /)[0]!.match(/(?:'[^']*'|"[^"]*"|[^ ])+/g)!;
      const line = program === "claude-session" ? ["session", "start", ...words] : words;
      expect(resolve(table, line), command).toMatchObject({ run: { name } });
    }
  }
});

test("names and options are unique and in kebab-case, and only the last argument takes several words", () => {
  expect(new Set(commands.map(({ name }) => name)).size).toBe(commands.length);
  for (const { name, options = {}, args = [] } of commands) {
    for (const option of Object.keys(options)) {
      expect(option, name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
      expect(["json", "verbose", "help"], name).not.toContain(option);
    }
    const shorts = Object.values(options).flatMap(({ short }) => short ?? []);
    expect(new Set([...shorts, "h"]).size, name).toBe(shorts.length + 1);
    expect(args.slice(0, -1).some(({ variadic }) => variadic), name).toBe(false);
    expect(args.map(({ optional }) => Boolean(optional)), name).toEqual(
      args.map(({ optional }) => Boolean(optional)).sort(),
    );
  }
});

test("a group's commands begin with its name", () => {
  for (const { name, commands } of groups) {
    for (const command of commands) expect(command.name.startsWith(`${name} `)).toBe(true);
  }
});
