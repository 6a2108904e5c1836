import { globSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Host names of an OpenSSH client configuration and of what it includes, without patterns. Unreadable files are left out. */
export function sshHosts(file: string, home: string, depth = 4): string[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  const hosts = text.split("\n").flatMap((line) => {
    const [, keyword, value] = line.match(/^\s*(host|include)(?:\s*=\s*|\s+)(.*)$/i) ?? [];
    const words = value?.replace(/(^|\s)#.*/, "").match(/"[^"]*"|\S+/g)?.map((word) =>
      word.replaceAll('"', "")
    ) ?? [];
    if (keyword?.toLowerCase() === "host") return words.filter((word) => !/[*?!]/.test(word));
    if (depth === 0) return [];
    // Relative names are relative to ~/.ssh.
    return words.flatMap((word) => globSync(resolve(dirname(file), word.replace(/^~(?=\/)/, home))))
      .flatMap((included) => sshHosts(included, home, depth - 1));
  });
  return [...new Set(hosts)];
}
