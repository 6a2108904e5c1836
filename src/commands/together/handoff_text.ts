import { printable } from "../../cli/text.ts";
import type { Handoff } from "../../coordination/handoff.ts";
import { age } from "../../sessions/age.ts";

/** A handoff as a person reads it. */
export function renderHandoff({ topic, message, branch, files, next, from, at, project }: Handoff): string {
  return [
    `${topic}, handed over by ${from} ${age(at)} ago`,
    ...(message === undefined ? [] : [`  ${message}`]),
    `  project: ${project}${branch === undefined ? "" : `, branch ${branch}`}`,
    ...(files.length === 0 ? [] : [`  files: ${files.join(", ")}`]),
    ...next.map((step, i) => `  ${i + 1}. ${step}`),
  ].map(printable).join("\n");
}
