import { Failure } from "../errors.ts";

/** Something wrong in a configuration file, with the place where it stands. */
export interface Problem {
  file: string;
  /** From 1; missing where the file as a whole is meant. */
  line?: number;
  column?: number;
  message: string;
  hint: string;
}

/** `file:line:column`, as editors and terminals understand it. */
export function placeOf({ file, line, column }: Problem): string {
  return [file, line, column].filter((part) => part !== undefined).join(":");
}

/** All problems of the configuration at once. Nothing was changed. */
export class ConfigFailure extends Failure {
  override name = "ConfigFailure";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const [first, ...more] = problems;
    const message = more.length === 0
      ? `${placeOf(first!)}: ${first!.message}`
      : [`${problems.length} problems in the configuration`]
        .concat(problems.map((problem) => `  ${placeOf(problem)}: ${problem.message} (${problem.hint})`))
        .join("\n");
    const hint = more.length === 0
      ? first!.hint
      : "correct the file; claude-ops config check looks at it again";
    super(message, { code: "config", hint });
    this.problems = problems;
  }
}
