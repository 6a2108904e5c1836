import { PARTS } from "../shared/manifest.ts";
import { isReadOnly, type UserRecord } from "./records.ts";
import type { Resource } from "./resource.ts";
import { givenBack, readOnlyDirectory } from "./resources/read_only.ts";

/** What sessions of these users only read, after their homes are there. */
export function readOnlyProfile(records: readonly UserRecord[]): Resource[] {
  return records.filter(isReadOnly).flatMap(({ user }) =>
    PARTS.guarded.map((top) => readOnlyDirectory(user, top))
  );
}

/** What was read-only once and is the user's own now, before anything is done in their homes. */
export function givenBackProfile(records: readonly UserRecord[]): Resource[] {
  return records.filter((record) => !isReadOnly(record)).flatMap(({ user }) =>
    PARTS.guarded.map((top) => givenBack(user, top))
  );
}
