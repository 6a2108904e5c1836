import { Exit, Failure } from "../errors.ts";

const [READONLY, BUSY, LOCKED, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB] = [8, 5, 6, 10, 11, 13, 14, 26];

/** SQLite's own texts (3.53), for a runtime that does not tell the number (Deno 2.9.5). */
const texts: readonly [RegExp, number][] = [
  [/is locked/, BUSY],
  [/malformed/, CORRUPT],
  [/is not a database/, NOTADB],
  [/disk is full/, FULL],
  [/readonly database/, READONLY],
  [/unable to open/, CANTOPEN],
  [/disk I\/O error/, IOERR],
];

/** SQLite's primary result code (sqlite.org/rescode.html); undefined for what is no error of SQLite, 1 for one of no known kind. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_SQLITE_ERROR") return undefined;
  if ("errcode" in error && typeof error.errcode === "number") return error.errcode & 0xff;
  return texts.find(([text]) => text.test(error.message))?.[1] ?? 1;
}

const is = (...codes: number[]) => (error: unknown) => codes.includes(resultCode(error) ?? -1);

/** Others work on it just now. */
export const isBusy = is(BUSY, LOCKED);
export const isDamaged = is(CORRUPT, NOTADB);
export const isGone = is(CANTOPEN);

/** An error of SQLite as something that a person can act on; any other as it is. */
export function explained(error: unknown, path: string): unknown {
  const code = resultCode(error);
  if (code === undefined) return error;
  const { message } = error as Error;
  const hints: Record<number, string> = {
    [FULL]: "nothing was changed; make room on the disk and try again",
    [READONLY]: "make the file and its directory writable for you",
    [CANTOPEN]: "make the file and its directory readable and writable for you",
    [IOERR]: "nothing was changed; look at the disk: df, dmesg",
    [CORRUPT]: "run claude-ops doctor",
    [NOTADB]: "run claude-ops doctor",
  };
  const hint = hints[code];
  return new Failure(`cannot use ${path}: ${message}`, { ...(hint ? { hint } : {}), cause: error });
}

/** `patience`: ms that were waited for others. */
export function tooBusy(path: string, patience: number): Failure {
  return new Failure(`${path} was in use by others for ${patience / 1000} s`, {
    hint: "try again; when it stays so, see which process holds it: fuser -v",
    exit: Exit.busy,
    code: "busy",
  });
}
