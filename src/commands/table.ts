import type { Table } from "../cli/command.ts";
import version from "./version.ts";

/** All commands, in the order in which help shows them. */
export const table: Table = [
  { title: "Other", entries: [version] },
];
