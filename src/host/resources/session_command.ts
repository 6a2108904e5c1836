import { shellQuote } from "../../remote/shell_quote.ts";
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
      fix: `${shellQuote(["mv", path, `${path}.other`])} && claude-ops doctor --fix`,
    },
    needs: ["binary"],
  });
}
