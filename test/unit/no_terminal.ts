import { expect } from "vitest";
import type { Io } from "../../src/cli/io.ts";
import { createStyle } from "../../src/cli/style.ts";
import { steering } from "./generated.ts";

/** Where output goes that is looked at: no colours, no width, nobody there. */
export const noTerminal: Io = {
  ...{ json: false, verbose: true, interactive: false, columns: Infinity, errorColumns: Infinity },
  ...{ style: createStyle(false, true), errorStyle: createStyle(false, true) },
  stdout() {},
  stderr() {},
  event() {},
};

/** Nothing in it steers a terminal. */
export function expectHarmless(text: string): void {
  expect(steering(text)).toEqual([]);
}
