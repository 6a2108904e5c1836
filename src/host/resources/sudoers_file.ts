import { hasTool } from "../command.ts";
import { DOCTOR_FIX } from "../fix.ts";
import { SYSTEM } from "../layout.ts";
import { ROOT } from "../owner.ts";
import type { Resource } from "../resource.ts";
import { checkSudoers, sudoersRule } from "../sudoers.ts";
import { file } from "./file.ts";

/** The one rule for all managed users; left out, and said, where there is no sudo. */
export function sudoersFile(users: readonly string[], needs: readonly string[]): Resource {
  const rule = file({
    id: "sudoers",
    title: "sudoers rule",
    why: "without it updates of Claude Code lack permission",
    path: SYSTEM.sudoers,
    mode: 0o440,
    owner: ROOT,
    content: sudoersRule(users),
    verify: checkSudoers,
    needs,
  });
  return {
    ...rule,
    async read() {
      const difference = await rule.read();
      if (!difference || hasTool("sudo")) return difference;
      return {
        ...difference,
        blocked: "left out: there is no sudo here, so only root updates Claude Code (claude-ops update)",
        fix: [
          [
            ...(hasTool("apk")
              ? ["apk", "add"]
              : hasTool("dnf")
              ? ["dnf", "install"]
              : ["apt-get", "install"]),
            "sudo",
          ],
          ...DOCTOR_FIX,
        ],
      };
    },
  };
}
