import { DOCTOR_FIX } from "../fix.ts";
import type { Resource } from "../resource.ts";
import { link } from "./link.ts";

/** `claude-session` on the PATH: the same program by the name under which it starts sessions. */
export function sessionCommand(path: string, program: string, title: string = path): Resource {
  return link({
    id: "session-command",
    title,
    why: "people who type claude-session start a session",
    path,
    target: program,
    severity: "warning",
    leaveForeign: {
      said: "left alone: another program of that name is there",
      fix: [["mv", path, `${path}.other`], ...DOCTOR_FIX],
    },
    needs: ["binary"],
  });
}
