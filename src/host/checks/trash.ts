import { archivesOf, trashOf } from "../../cleanup/places.ts";
import { diskUsage } from "../../sessions/disk.ts";
import type { Layout } from "../../sessions/paths.ts";
import type { Check } from "../resource.ts";

/** What pruned sessions still take. `most` in bytes. */
export function trashSize(layout: Layout, most: number): Check {
  return {
    id: "trash",
    title: "trash and archives",
    why: "pruned sessions still take disk until the trash is emptied",
    severity: "warning",
    fix: [["claude-ops", "session", "trash", "--empty"]],
    read() {
      const [trash, archives] = [diskUsage(trashOf(layout)), diskUsage(archivesOf(layout))];
      if (trash + archives <= most) return Promise.resolve(null);
      return Promise.resolve({
        expected: `${mega(most)} or less ([doctor] max_trash)`,
        actual: `${mega(trash)} in the trash, ${mega(archives)} in archives`,
      });
    },
  };
}

const mega = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
