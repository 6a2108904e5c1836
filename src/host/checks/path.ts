import type { Check } from "../resource.ts";

/** Somebody's own installation is found by its name only if its directory is in PATH. */
export function inPath(directory: string, path: string | undefined): Check {
  return {
    id: "path",
    title: `${directory} in PATH`,
    why: "claude-ops and claude are found by their names only then",
    severity: "warning",
    fix: [["sh", "-c", `echo 'export PATH="$HOME/.local/bin:$PATH"' >>~/.profile`]],
    read: () =>
      Promise.resolve(
        path?.split(":").includes(directory) ? null : { expected: "in PATH", actual: "not in PATH" },
      ),
  };
}
