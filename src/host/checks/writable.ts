import { isReadOnlyFileSystem } from "../../store/file_system.ts";
import { shellQuote } from "../../remote/shell_quote.ts";
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
      if (stuck.length === 0) return Promise.resolve(null);
      return Promise.resolve({
        expected: "changes are taken",
        actual: `read-only: ${stuck.join(", ")}`,
        fix: `mount -o remount,rw "$(findmnt -nro TARGET -T ${shellQuote(stuck.slice(0, 1))})"`,
      });
    },
  };
}
