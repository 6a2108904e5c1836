import { readFileSync } from "node:fs";

/** `install.sh` with what only the release knows: its version, where it is, and the files' checksums. */
export function installScript(version: string, url: string, checksums: string): string {
  const known: Record<string, string> = { VERSION: version, URL: url, CHECKSUMS: checksums.trim() };
  return readFileSync("release/install.sh", "utf8").replace(
    /@([A-Z]+)@/g,
    (whole, name) => known[name] ?? whole,
  );
}
