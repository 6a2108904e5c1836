import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A library that is inside the program. */
export interface Part {
  name: string;
  version: string;
  /** As SPDX writes it. */
  licence: string;
  directory: string;
}

/** All that the program's libraries bring, and the runtime that it is compiled with. */
export function parts(): Part[] {
  const listed = execFileSync("npm", ["ls", "--omit=dev", "--all", "--parseable", "--loglevel=error"], {
    encoding: "utf8",
  });
  const directories = listed.trim().split("\n").slice(1);
  return [...directories, "node_modules/bun"].map(part)
    .sort((a, b) => a.name.localeCompare(b.name, "en") || a.version.localeCompare(b.version, "en"));
}

function part(directory: string): Part {
  const { name, version, license } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  return {
    name,
    version,
    licence: typeof license === "string" ? license : license?.type ?? "unknown",
    directory,
  };
}
