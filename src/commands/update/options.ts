import { duration } from "../../config/values.ts";
import { UsageFailure } from "../../errors.ts";
import type { UpdateRequest } from "../../updates/run.ts";
import { measured } from "../measured.ts";

export interface UpdateOptions {
  check: boolean;
  stage: boolean;
  activate: boolean;
  rollback: boolean;
  to: string | undefined;
  "max-wait": string | undefined;
  quiet: boolean;
  system: boolean;
}

const parts = ["check", "stage", "activate", "rollback"] as const;
const time = duration("0s", "how long", { max: "30d" });

/** @throws UsageFailure for options that contradict each other */
export function modeOf(options: UpdateOptions): UpdateRequest["mode"] {
  const [mode, other] = parts.filter((part) => options[part]);
  if (other) throw new UsageFailure(`--${mode} and --${other} do not go together`, "say one of them");
  if (options.to !== undefined && mode && mode !== "stage") {
    throw new UsageFailure(
      `--${mode} and --to do not go together`,
      "--to alone fetches a version and goes to it",
    );
  }
  if (options.to === "") throw new UsageFailure("--to needs a version", "such as 2.1.329, latest or stable");
  return mode ?? "update";
}

/** Milliseconds. @throws UsageFailure for what is no length of time, and where nothing is waited for */
export function patienceOf(options: UpdateOptions): number {
  const text = options["max-wait"];
  if (text !== undefined && (options.check || options.stage || options.rollback)) {
    throw new UsageFailure("--max-wait goes with switching only", "leave it out here");
  }
  return measured(time, "--max-wait", text, "for example --max-wait 90m") ?? 0;
}
