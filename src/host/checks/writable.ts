import { isReadOnlyFileSystem, mountOf, nearestExisting } from "../../store/file_system.ts";
import type { Check } from "../resource.ts";

/** Places that have to take changes. A kernel that no longer trusts a disk makes its file system read-only. */
export function writable(places: readonly string[]): Check {
  return {
    id: "writable",
    title: "file systems can be written to",
    why:
      "sessions, updates and installs fail at the first change; dmesg says why it is so, which comes first",
    read() {
      const stuck = places.filter(isReadOnlyFileSystem);
      const [first] = stuck;
      if (first === undefined) return Promise.resolve(null);
      return Promise.resolve({
        expected: "changes are taken",
        actual: `read-only: ${stuck.join(", ")}`,
        fix: [["mount", "-o", "remount,rw", mountOf(nearestExisting(first)).point]],
      });
    },
  };
}
