import { Failure } from "../errors.ts";

/** What sessions of a read-only host only read, and what is always their user's own. */
export const PARTS = {
  guarded: ["skills", "agents", "commands"],
  own: ["plugins", "CLAUDE.md"],
} as const;
export type Part = keyof typeof PARTS;
export const TOPS: readonly string[] = Object.values(PARTS).flat();
/** The one top that is a file. */
export const INSTRUCTIONS = "CLAUDE.md";

export interface Directory {
  type: "directory";
  /** Below the shared directory, e.g. `skills/review/SKILL.md`; parents come before what is in them. */
  path: string;
}
export interface File {
  type: "file";
  path: string;
  executable: boolean;
  /** Bytes. */
  size: number;
  sha256: string;
}
export interface Link {
  type: "link";
  path: string;
  /** Relative, and within the same top. */
  target: string;
}
export type Entry = Directory | File | Link;

/** All that is to be shared, without the contents of files. */
export interface Manifest {
  /** Tops that are spoken of: one that is missing here is left alone, one without entries is empty. */
  tops: string[];
  entries: Entry[];
}

/** More than anybody's skills, and less than would hurt a host. */
export const LIMITS = { entries: 100_000, bytes: 2 ** 30, depth: 40, manifest: 64 << 20 };

/**
 * What came from somewhere else, read without trust: each name leads to a place within the tops that were asked for.
 * @throws Failure
 */
export function checkManifest(read: unknown, part: Part): Manifest {
  const { tops, entries } = (read ?? {}) as Partial<Manifest>;
  if (!Array.isArray(tops) || !Array.isArray(entries)) {
    throw refused("it is no list of files");
  }
  const allowed: readonly string[] = PARTS[part];
  const strange = tops.find((top) => !allowed.includes(top));
  if (strange !== undefined) throw refused(`${JSON.stringify(strange)} is not shared here`);
  if (entries.length > LIMITS.entries) throw refused(`more than ${LIMITS.entries} files`);
  const types = new Map<string, Entry["type"]>();
  let bytes = 0;
  for (const entry of entries as Entry[]) {
    const wrong = wrongName(entry?.path) ?? wrongPlace(entry, tops, types) ?? wrongContent(entry);
    if (wrong !== undefined) throw refused(`${JSON.stringify(entry?.path ?? null)}: ${wrong}`);
    types.set(entry.path, entry.type);
    if (entry.type === "file") bytes += entry.size;
  }
  if (bytes > LIMITS.bytes) throw refused(`more than ${LIMITS.bytes >> 20} MiB`);
  return { tops, entries };
}

/** Why a path cannot be one of a shared file; undefined when it can. */
export function wrongName(path: unknown): string | undefined {
  if (typeof path !== "string") return "no name";
  const parts = path.split("/");
  if (parts.length > LIMITS.depth || path.length > 3000) return "too deep";
  if (parts.some((part) => part === "" || part === "." || part === "..")) return "not a plain path";
  // deno-lint-ignore no-control-regex
  if (/[\u0000-\u001f\u007f-\u009f\ufffd\u2028\u2029]/.test(path) || !path.isWellFormed()) {
    return "a name with control characters, or not in UTF-8";
  }
  if (parts.some((part) => Buffer.byteLength(part) > 255)) return "a name that is too long";
}

function wrongPlace(
  { path, type }: Entry,
  tops: readonly string[],
  types: ReadonlyMap<string, Entry["type"]>,
): string | undefined {
  if (types.has(path)) return "named twice";
  const slash = path.lastIndexOf("/");
  const parent = path.slice(0, slash);
  if (slash < 0) {
    return path === INSTRUCTIONS && tops.includes(path) && type === "file" ? undefined : "no place for it";
  }
  if (parent === INSTRUCTIONS) return "in a file";
  return types.get(parent) === "directory" || tops.includes(parent)
    ? undefined
    : "its directory is not in the list";
}

function wrongContent(entry: Entry): string | undefined {
  if (entry.type === "directory") return undefined;
  if (entry.type === "link") return wrongTarget(entry.path, entry.target);
  if (entry.type !== "file") return "neither a file, a directory nor a link";
  const right = Number.isSafeInteger(entry.size) && entry.size >= 0 &&
    typeof entry.executable === "boolean" &&
    typeof entry.sha256 === "string" && /^[0-9a-f]{64}$/.test(entry.sha256);
  return right ? undefined : "a file without size and hash";
}

/**
 * Why a link may not point there. Only at its beginning may a target go up, where it starts from real directories: so no
 * link on the way can make it lead out.
 */
export function wrongTarget(path: string, target: unknown): string | undefined {
  if (typeof target !== "string" || target === "" || target.startsWith("/")) {
    return "a link that is not relative";
  }
  const up = /^(\.\.(\/|$))*/.exec(target)![0];
  const steps = up.split("/").filter(Boolean).length;
  const rest = target.slice(up.length);
  if (rest !== "" && wrongName(rest) !== undefined) return "a link with a strange target";
  return steps > path.split("/").length - 2 ? "a link that leads out of what is shared" : undefined;
}

/** Of what came from somewhere else. */
export function refused(why: string): Failure {
  return new Failure(`what was sent to be shared is refused: ${why}`, {
    hint: "nothing was changed; is claude-ops the same version at both ends?",
    code: "shared-refused",
  });
}
