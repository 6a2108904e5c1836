import { lstatSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { errno, Failure } from "../../errors.ts";
import { replaceFile } from "../../store/replace_file.ts";
import type { Difference, Resource } from "../resource.ts";

/** `ssh-ed25519 AAAA… comment`: type and key decide, the comment does not. */
const LINE = /^(ssh-[a-z0-9]+|ecdsa-[a-z0-9-]+|sk-[a-z0-9@.-]+) ([A-Za-z0-9+/]+={0,3})( [^\n\r]*)?$/;

/** @throws Failure when this is not one public key in OpenSSH's one-line form. */
export function checkPublicKey(line: string): string {
  const trimmed = line.trim();
  if (!LINE.test(trimmed)) {
    throw new Failure("that is not a public SSH key", {
      hint: "a line such as ssh-ed25519 AAAA…, usually from ~/.ssh/id_ed25519.pub",
      exit: 2,
    });
  }
  return trimmed;
}

/** A key that may log in as the user we run as. Keys that are there already are never touched. */
export function authorizedKey(home: string, key: string): Resource {
  const path = `${home}/.ssh/authorized_keys`;
  const wanted = identity(key);
  const expected = `key ${wanted?.split(" ")[1]?.slice(-12)} may log in`;
  return {
    id: "authorized-key",
    title: "SSH key of the operator",
    why: "without it nobody can log in as this user",
    read(): Promise<Difference | null> {
      const lines = keys();
      if (lines.some((line) => identity(line) === wanted)) return Promise.resolve(null);
      return Promise.resolve({ expected, actual: lines.length ? `${lines.length} other keys` : "missing" });
    },
    apply() {
      const directory = dirname(path);
      if (!lstatSync(directory, { throwIfNoEntry: false })) mkdirSync(directory, { mode: 0o700 });
      const before = text();
      const joint = before === "" || before.endsWith("\n") ? "" : "\n";
      replaceFile(path, `${before}${joint}${key}\n`, { mode: 0o600 });
      return Promise.resolve();
    },
  };

  function text(): string {
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      if (errno(error) === "ENOENT") return "";
      throw error;
    }
  }

  function keys(): string[] {
    return text().split("\n").filter((line) => line.trim() && !line.startsWith("#"));
  }
}

/** Type and key of a line, behind whatever options stand before them. */
function identity(line: string): string | undefined {
  return /(?:^|\s)((?:ssh|ecdsa|sk)-\S+ [A-Za-z0-9+/]+={0,3})(?:\s|$)/.exec(line)?.[1];
}
