import { existsSync, lstatSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname } from "node:path";
import { beganAfter } from "../../runtime/process.ts";
import type { Resource } from "../resource.ts";

/** Who runs a command again after a cut does it within this time (ms), and what has arrived is then not sent again. */
const KEPT = 86_400_000;

/** What installs that were cut and never repeated have left beside the program, and of packages that were brought. */
export function leftovers(program: string, versions: string): Resource {
  const places: [directory: string, ours: RegExp][] = [
    [dirname(program), new RegExp(`^${basename(program)}\\.[\\w-]+\\.\\d+\\.partial$`)],
    [versions, /^incoming-[0-9a-f]{16}\.tgz(?:\.[\w-]+\.\d+\.partial)?$/],
  ];
  return {
    id: "leftovers",
    title: "leftovers of interrupted installs",
    why: "they take room, and nothing else removes them",
    severity: "warning",
    read() {
      const found = look();
      if (found.length === 0) return Promise.resolve(null);
      return Promise.resolve({ expected: "none older than a day", actual: found.join(", ") });
    },
    apply() {
      for (const path of look()) rmSync(path);
      return Promise.resolve("removed");
    },
  };

  function look(): string[] {
    return places.flatMap(([directory, ours]) =>
      entries(directory).filter((name) => ours.test(name)).map((name) => `${directory}/${name}`)
    )
      .filter(isOver);
  }
}

/** Old, and its writer is gone: its pid is in the name. */
function isOver(path: string): boolean {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (!facts?.isFile() || Date.now() - facts.mtimeMs < KEPT) return false;
  const [, pid] = /\.(\d+)\.partial$/.exec(path) ?? [];
  return pid === undefined || !existsSync(`/proc/${pid}`) || beganAfter(Number(pid), facts.mtimeMs);
}

function entries(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}
