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

/** What the machine refuses and a person can mend, by the system's own word for it. */
const OF_THE_MACHINE: Record<string, { code: string; hint: string }> = {
  EROFS: {
    code: "read-only",
    hint: "dmesg says why the file system became read-only; once it can be written to, run the same again",
  },
  ENOSPC: { code: "disk-full", hint: "free some space, then run the same again" },
  EDQUOT: {
    code: "disk-full",
    hint: "the user's quota is used up: free some space, then run the same again",
  },
  EIO: { code: "disk-error", hint: "the disk does not read or write: see dmesg" },
};

/** The failure of a system call that tells more of the machine than of this program; undefined for all others. */
export function machineFailure(error: unknown): Failure | undefined {
  const known = OF_THE_MACHINE[errno(error) ?? ""];
  if (known === undefined || error instanceof Failure) return undefined;
  // Where a directory was opened to stay in it, nobody knows it by that name.
  const message = (error as Error).message.replaceAll(/\/proc\/self\/fd\/\d+\//g, "");
  return new Failure(message, { ...known, cause: error });
}

/** What to tell of anything thrown: words, hint and code, and never a stack trace. */
export function explainFailure(thrown: unknown): Problem {
  const error = machineFailure(thrown) ?? thrown;
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof Failure)) return { message };
  return {
    message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.code === undefined ? {} : { code: error.code }),
  };
}
