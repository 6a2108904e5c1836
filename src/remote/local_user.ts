import { readFileSync } from "node:fs";
import { userInfo } from "node:os";

/**
 * The name of the user who runs this program, by uid as ssh finds it. Bun 1.4 takes it from $USER, which su, sudo and cron
 * leave wrong or empty, so passwd is asked first; users that are not there (macOS, LDAP) have it from the system.
 */
export function localUser(): string {
  const uid = String(process.getuid?.());
  try {
    for (const line of readFileSync("/etc/passwd", "utf8").split("\n")) {
      const [name, , id] = line.split(":");
      if (id === uid) return name!;
    }
  } catch {
    // No passwd here.
  }
  return userInfo().username;
}
