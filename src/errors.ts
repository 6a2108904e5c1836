/** Exit statuses that scripts rely on. */
export const Exit = { ok: 0, failed: 1, usage: 2, findings: 3, busy: 75 } as const;

export interface FailureOptions {
  /** What the person can do about it, one line. */
  hint?: string;
  /** Exit status of the program; 1 unless said otherwise. */
  exit?: number;
  /** A stable word for programs that react to this failure, e.g. `registry-unreachable`. */
  code?: string;
  /** What programs are told beside that, as members of the error in `--json`. */
  details?: Readonly<Record<string, unknown>>;
  cause?: unknown;
}

/** Something that went wrong in a way we can explain: one line that says what, one that says what to do. */
export class Failure extends Error {
  override name = "Failure";
  readonly hint: string | undefined;
  readonly exit: number;
  readonly code: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, options: FailureOptions = {}) {
    super(message, { cause: options.cause });
    this.hint = options.hint;
    this.exit = options.exit ?? Exit.failed;
    this.code = options.code;
    this.details = options.details ?? {};
  }
}

/** The command line itself is wrong; nothing was done. */
export class UsageFailure extends Failure {
  override name = "UsageFailure";
  constructor(message: string, hint = "see claude-ops --help") {
    super(message, { hint, exit: Exit.usage, code: "usage" });
  }
}

/** The `code` of a Node system error (`ENOENT`, …), or undefined for anything else. */
export function errno(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** A failure as data: what `--json` shows and what travels between hosts. */
export interface Problem {
  message: string;
  hint?: string;
  code?: string;
}

/** What another process told of a failure; whatever in it is no text is left out. */
export function problemFrom(told: unknown): Problem {
  const { message, hint, code } = (told ?? {}) as Record<string, unknown>;
  return {
    message: typeof message === "string" ? message : "failed without a reason",
    ...(typeof hint === "string" ? { hint } : {}),
    ...(typeof code === "string" ? { code } : {}),
  };
}

export function explainFailure(error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof Failure)) return { message };
  return {
    message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.code === undefined ? {} : { code: error.code }),
  };
}
