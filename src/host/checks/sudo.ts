import { tryRun } from "../command.ts";
import type { Check } from "../resource.ts";
import { Unreadable } from "../resource.ts";
import { ROOT_COMMAND } from "../sudoers.ts";

/** The rule being there is one thing, sudo granting it another: a later rule may take it back. Asked by root. */
export function sudoEffective(user: string): Check {
  return {
    id: `sudo:${user}`,
    title: `sudo for ${user}`,
    why: "updates of Claude Code lack permission",
    needs: ["sudoers", "binary", `user:${user}`],
    fix: [["sudo", "-l", "-U", user]],
    read() {
      const [program, ...words] = ROOT_COMMAND;
      const asked = tryRun(["sudo", "-n", "-l", "-U", user, program, ...words]);
      if (asked.status === 0) return Promise.resolve(null);
      if (asked.stderr.includes("unknown user")) throw new Unreadable(`there is no user ${user}`);
      return Promise.resolve({ expected: `may run ${ROOT_COMMAND.join(" ")}`, actual: "sudo refuses" });
    },
  };
}
