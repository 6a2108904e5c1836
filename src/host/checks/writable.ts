import { isReadOnlyFileSystem } from "../../store/file_system.ts";
import type { Check } from "../resource.ts";

/** Places that have to take changes. A kernel that no longer trusts a disk makes its file system read-only. */
export function writable(places: readonly string[]): Check {
  return {
    id: "writable",
    title: "file systems can be written to",
    why: "sessions, updates and installs fail at the first change",
    fix: "dmesg says why it is read-only; mount -o remount,rw once that is mended",
    read() {
      const stuck = places.filter(isReadOnlyFileSystem);
      if (stuck.length === 0) return Promise.resolve(null);
      return Promise.resolve({ expected: "changes are taken", actual: `read-only: ${stuck.join(", ")}` });
    },
  };
}
