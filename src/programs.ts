import type { Command } from "./cli/command.ts";

/** Names under which this binary is one command of its own instead of the whole table. */
export const programs: Record<string, () => Promise<Command>> = {};
