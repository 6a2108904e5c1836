import type { Memory } from "./memory.ts";
import type { View } from "./rank.ts";

/** A memory that was found. */
export interface Hit extends Memory {
  /** How well it fits; comparable within one answer only. */
  score: number;
  /** The part of the text that fits, the words in it between the marks that were asked for. */
  snippet: string;
  /** Whose it is, seen from who asks: other branches may say the contrary. */
  of: "branch" | "project" | "other branch" | "other project";
}

/** Whose a memory is, seen from a project and branch. */
export function relation({ project, branch }: Pick<Memory, "project" | "branch">, view: View): Hit["of"] {
  if (project !== view.project) return "other project";
  if (branch === null || view.branch === null) return "project";
  return branch === view.branch ? "branch" : "other branch";
}
