import { displayWidth } from "./output.ts";

/** A path with `~` for the home, and with as many of its last parts as fit into so many columns. */
export function shortPath(path: string, longest = Infinity, home = process.env.HOME): string {
  const under = home && (path === home || path.startsWith(`${home}/`));
  const text = under ? `~${path.slice(home.length)}` : path;
  if (displayWidth(text) <= longest) return text;
  const parts = text.split("/");
  const first = parts.findIndex((_, i) => i > 0 && displayWidth(parts.slice(i).join("/")) + 2 <= longest);
  return first < 0 ? parts.at(-1)! : `…/${parts.slice(first).join("/")}`;
}
