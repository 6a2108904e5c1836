import { existsSync } from "node:fs";
import { run } from "../command.ts";
import type { Resource } from "../resource.ts";

/** Lets what a user left running go on after logout; systemd-logind keeps it as a file of the user's name. */
export function linger(user: string): Resource {
  const mark = `/var/lib/systemd/linger/${user}`;
  return {
    id: `linger:${user}`,
    title: `lingering of ${user}`,
    why: "without it systemd ends a detached session when its user logs out",
    needs: [`user:${user}`],
    read: () => Promise.resolve(existsSync(mark) ? null : { expected: "enabled", actual: "disabled" }),
    apply() {
      run(["loginctl", "enable-linger", user]);
      return Promise.resolve("enabled");
    },
    remove() {
      if (!existsSync(mark)) return Promise.resolve(false);
      run(["loginctl", "disable-linger", user]);
      return Promise.resolve(true);
    },
  };
}
