import { createHash } from "node:crypto";
import { type Entry, LIMITS, type Manifest, type Part, PARTS, refused, wrongName } from "./manifest.ts";

/** What is to be shared, unit by unit, without what is in them: enough to know which of them differ. */
export interface Outline {
  format: 2;
  /** As in the manifest. */
  tops: string[];
  /** Each unit with the SHA-256 of its part of the manifest, in hex. */
  units: [path: string, digest: string][];
}

/** What a path belongs to, and what is put in place by one rename: a skill's directory, an agent's file. */
export function unitOf(path: string): string {
  const end = path.indexOf("/", path.indexOf("/") + 1);
  return end < 0 ? path : path.slice(0, end);
}

/** A manifest's outline, and in the same order what each unit holds. */
export function outlineOf({ tops, entries }: Manifest): { outline: Outline; units: Entry[][] } {
  const units = Map.groupBy(entries, ({ path }) => unitOf(path));
  const digest = (held: Entry[]) => createHash("sha256").update(JSON.stringify(held)).digest("hex");
  const outline: Outline = { format: 2, tops, units: [...units].map(([path, held]) => [path, digest(held)]) };
  return { outline, units: [...units.values()] };
}

/**
 * What came from somewhere else, read without trust.
 * @throws Failure
 */
export function checkOutline(read: unknown, part: Part): Outline {
  const { format, tops, units } = (read ?? {}) as Partial<Outline>;
  if (format !== 2 || !Array.isArray(tops) || !Array.isArray(units)) throw refused("it is no list of files");
  const allowed: readonly string[] = PARTS[part];
  const strange = tops.find((top) => !allowed.includes(top));
  if (strange !== undefined) throw refused(`${JSON.stringify(strange)} is not shared here`);
  if (units.length > LIMITS.entries) throw refused(`more than ${LIMITS.entries} files`);
  for (const unit of units) {
    const [path, digest] = Array.isArray(unit) ? unit : [];
    if (wrongName(path) === undefined && typeof digest === "string" && /^[0-9a-f]{64}$/.test(digest)) {
      continue;
    }
    throw refused(`${JSON.stringify(path ?? null)}: no name and hash`);
  }
  return { format, tops, units };
}
