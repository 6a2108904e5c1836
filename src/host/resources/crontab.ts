import { spawnSync } from "node:child_process";
import { Failure } from "../../errors.ts";
import { tryRun } from "../command.ts";
import type { Resource } from "../resource.ts";

const BEGIN = "# claude-ops: begin";
const END = "# claude-ops: end";

/** Our block in the crontab of the user we run as; the other lines stay as they are. */
export function crontab(lines: string): Resource {
  const wanted = `${BEGIN}\n${lines}${END}\n`;
  return {
    id: "crontab",
    title: "crontab entries",
    why: "without them nothing is tidied and no update is noticed",
    read() {
      const { text, refusal } = current();
      const now = block(text);
      if (now === wanted) return Promise.resolve(null);
      return Promise.resolve({
        expected: "our entries in the crontab",
        actual: now ? "other entries" : "missing",
        ...(refusal
          ? {
            blocked: `left out: ${refusal}; claude-ops schedule run does the same when it is started at boot`,
            fix: [["claude-ops", "schedule", "run"]],
          }
          : {}),
      });
    },
    apply() {
      install(without(current().text) + wanted);
      return Promise.resolve();
    },
    remove() {
      const now = current().text;
      if (!block(now)) return Promise.resolve(false);
      install(without(now));
      return Promise.resolve(true);
    },
  };
}

/** What the user has; or why crontab does not serve this user, so that nothing of theirs is taken for missing. */
function current(): { text: string; refusal?: string } {
  const { status, stdout, stderr } = tryRun(["crontab", "-l"]);
  if (status === 0) return { text: stdout };
  const words = stderr.trim().split("\n")[0] || `crontab ends with status ${status}`;
  // Debian's words and busybox's for one who has none.
  return /no crontab for|No such file/i.test(words) ? { text: "" } : { text: "", refusal: words };
}

function block(text: string): string | undefined {
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END, from);
  return from < 0 || to < 0 ? undefined : text.slice(from, to + END.length + 1);
}

function without(text: string): string {
  const ours = block(text);
  const rest = ours ? text.replace(ours, "") : text;
  return rest === "" || rest.endsWith("\n") ? rest : `${rest}\n`;
}

function install(text: string): void {
  const done = spawnSync("crontab", ["-"], { input: text, encoding: "utf8" });
  if (done.status !== 0) {
    throw new Failure(`crontab refused our entries: ${done.stderr?.trim()}`, {
      hint: "crontab -l shows what is there; claude-ops schedule run does without cron",
    });
  }
}
