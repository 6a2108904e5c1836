import { coordination } from "./migrations/001_coordination.ts";
import { memory } from "./migrations/002_memory.ts";

/**
 * What makes the tables, in the order in which it ran on the databases that are out there: only ever put more behind it.
 * The `user_version` of a database says how many of these it has seen.
 */
export const migrations: readonly string[] = [coordination, memory];
