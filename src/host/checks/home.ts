import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import type { Check, Difference } from "../resource.ts";

/** One login serves all sessions; a private copy goes stale and logs its session out (Claude Code issue 76561). */
export function detachedLogins(claude: string): Check {
  return {
    id: "detached-logins",
    title: "one login for all sessions",
    why: "a session with a login file of its own is logged out when another one refreshes",
    severity: "warning",
    read() {
      const copies = sessionDirectories(claude).map((path) => `${path}/.credentials.json`).filter((path) =>
        existsSync(path)
      );
      if (copies.length === 0) return Promise.resolve(null);
      const shown = copies.slice(0, 3).join(", ");
      const more = copies.length > 3 ? ` and ${copies.length - 3} more` : "";
      return Promise.resolve({
        expected: "no login in a session's directory: the shared one counts again once it is gone",
        actual: shown + more,
        fix: [["rm", ...copies]],
      });
    },
  };
}

/** Whether the shared login can still be used; having none is fine, Claude Code asks at the first start. */
export function login(claude: string, now: () => number = Date.now): Check {
  const path = `${claude}/.credentials.json`;
  return {
    id: "login",
    title: "shared login",
    why: "all sessions of this user use it",
    severity: "warning",
    fix: [["claude-session", "--", "auth", "login"]],
    read() {
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (!stat) return Promise.resolve(null);
      if ((stat.mode & 0o077) !== 0) {
        return Promise.resolve({
          expected: "readable by its owner only",
          actual: (stat.mode & 0o777).toString(8),
          fix: [["chmod", "600", path]],
        });
      }
      return Promise.resolve(expired(readFileSync(path, "utf8"), now()));
    },
  };
}

/** `claudeAiOauth.{accessToken,refreshToken,expiresAt}` as Claude Code 2.1.329 keeps them; times in ms. */
function expired(text: string, now: number): Difference | null {
  const expected = "a login that is valid or can be refreshed";
  let oauth: { refreshToken?: unknown; expiresAt?: unknown; accessToken?: unknown } | undefined;
  try {
    oauth = JSON.parse(text).claudeAiOauth;
  } catch {
    return { expected, actual: "not readable as JSON" };
  }
  if (!oauth) return null;
  if (!oauth.accessToken) return { expected, actual: "blank: a refresh has failed" };
  if (oauth.refreshToken || typeof oauth.expiresAt !== "number" || oauth.expiresAt > now) return null;
  return { expected, actual: `expired on ${new Date(oauth.expiresAt).toISOString()}` };
}

/** What must be each session's own is no link to somewhere shared. */
export function isolation(claude: string): Check {
  const own = [".claude.json", "history.jsonl", "projects", "sessions"];
  return {
    id: "isolation",
    title: "sessions keep apart",
    why: "histories and configuration of sessions mix or corrupt each other",
    read() {
      const linked = sessionDirectories(claude).flatMap((path) =>
        own.map((name) => `${path}/${name}`).filter((entry) =>
          lstatSync(entry, { throwIfNoEntry: false })?.isSymbolicLink()
        )
      );
      if (linked.length === 0) return Promise.resolve(null);
      return Promise.resolve({
        expected: "each session its own, which it makes anew where there is none",
        actual: `links: ${linked.slice(0, 3).join(", ")}`,
        fix: [["rm", ...linked]],
      });
    },
  };
}

/** More ended sessions than anybody looks through. */
const MANY = 200;

/** That cleanup keeps up. */
export function endedSessions(count: () => { live: number; dead: number }): Check {
  return {
    id: "ended-sessions",
    title: "ended sessions",
    why: "they fill the disk and make lists long",
    severity: "warning",
    fix: [["claude-ops", "cleanup"]],
    read() {
      const { dead } = count();
      if (dead <= MANY) return Promise.resolve(null);
      return Promise.resolve({ expected: `${MANY} or fewer`, actual: `${dead}` });
    },
  };
}

/** A Claude started bare writes to ~/.claude itself: beside the sessions, not isolated from other bare ones. */
export function bareClaude(
  find: () => { pid: number; configDir: string }[],
  claude: string,
): Check {
  return {
    id: "bare-claude",
    title: "all Claude processes are sessions",
    why: "one that is started bare shares its history with every other bare one",
    severity: "warning",
    read() {
      const bare = find().filter(({ configDir }) => !configDir.startsWith(`${claude}/sessions/`));
      if (bare.length === 0) return Promise.resolve(null);
      const pids = bare.map(({ pid }) => String(pid));
      return Promise.resolve({
        expected: "started by claude-session, once what they are at is done",
        actual: `started bare: pid ${pids.join(", ")}`,
        fix: [["kill", ...pids.map(String)]],
      });
    },
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function sessionDirectories(claude: string): string[] {
  try {
    return readdirSync(`${claude}/sessions`).filter((name) => UUID.test(name)).map((name) =>
      `${claude}/sessions/${name}`
    );
  } catch {
    return [];
  }
}
