import type { Problem } from "../errors.ts";
import type { Command, Fix } from "./fix.ts";

/** How a thing is, against how it should be, in words a person reads. */
export interface Difference {
  expected: string;
  actual: string;
  /** Why this is not ours to change, e.g. a file that belongs to somebody else: it is reported, never applied. */
  blocked?: string;
  /** What mends it, where that depends on what is wrong. */
  fix?: Fix;
}

/** A fact about the host that `doctor` looks at. */
export interface Check {
  /** Stable and unique on a host, e.g. `sudoers` or `dir:skills`. */
  readonly id: string;
  readonly title: string;
  /** What goes wrong for people when this is not as expected. */
  readonly why: string;
  /** Ids that this one rests on: when one of them is broken, it is the cause and this one a consequence. */
  readonly needs?: readonly string[];
  /** `warning`: things work, but somebody should know. Default `broken`. */
  readonly severity?: "broken" | "warning";
  /** What mends it; without one, `doctor --fix` does. */
  readonly fix?: Fix;
  /** The same for an operator who asks over SSH, where that is another command; the host comes at its end. */
  readonly fixFromAfar?: Command;
  /**
   * Null: as it should be.
   * @throws Unreadable when it cannot be told; anything else is a failure to look.
   */
  read(): Promise<Difference | null>;
}

/** How a resource is called, and what it rests on; for options of kinds of resources. */
export type Named = Pick<Resource, "id" | "title" | "why" | "needs" | "severity">;

/** A desired state: a check that can also be brought about, and taken away again. */
export interface Resource extends Check {
  /** Called only when `read` found a difference; may say in a word what it did. */
  apply(): Promise<string | void>;
  /** Takes away what `apply` made. False: there was nothing of ours. Absent: goes with something else. */
  remove?(scope: RemoveScope): Promise<boolean>;
}

export interface RemoveScope {
  /** Session data and the account that install created go as well. */
  purge: boolean;
}

/** The state could not be told, which is not the same as broken. */
export class Unreadable extends Error {
  override name = "Unreadable";
}

export type StepStatus = "running" | "ok" | "changed" | "would-change" | "skipped" | "failed";

/** What became of one resource; reported as it happens and collected for the summary. */
export interface Step {
  id: string;
  title: string;
  status: StepStatus;
  changed: boolean;
  detail?: string;
  error?: Problem;
}

export type Report = (step: Step) => void;
