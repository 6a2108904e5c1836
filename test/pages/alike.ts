/** What differs from run to run is the same: times, ages, ids, sizes, pids, how wide columns are. */
function flat(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+Z)?/g, "TIME")
    .replace(/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/g, "UUID")
    .replace(/\b\d+(\.\d+)? (s|min|h|d|ms)\b/g, "AGE")
    .replace(/\b\d+(\.\d+)? ([KMG]i?)?B\b/g, "SIZE")
    .replace(/\b(pid|process) \d+/g, "$1 PID")
    .replace(/^(\w+ +)\d+( +(live|busy|idle))/gm, "$1PID$2")
    .replace(/\b2\.1\.\d{3}\b/g, "VERSION")
    .replace(/ +/g, " ").replace(/^ | $/gm, "").trimEnd();
}

/**
 * Says how what was printed differs from what a page shows; undefined where it does not. On the page `…` stands for
 * anything, and a line of its own with it for any lines.
 */
export function differs(shown: string, printed: string): string | undefined {
  const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const lines = flat(shown).split("\n").map((line) =>
    line === "…" ? "(?:.*\\n)*?" : `${line.split("…").map(escaped).join(".*")}\\n`
  );
  const fits = new RegExp(`^${lines.join("")}$`).test(`${flat(printed)}\n`);
  return fits ? undefined : `shown:\n${shown}\nprinted:\n${printed}`;
}
