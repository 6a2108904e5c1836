import { readdirSync, rmSync } from "node:fs";
import { isId } from "../sessions/id.ts";
import { readRecord } from "../sessions/record.ts";
import { ownAccount } from "../runtime/account.ts";
import { PARTS } from "../shared/manifest.ts";
import type { Owner } from "./owner.ts";
import { authorizedKey } from "./resources/authorized_key.ts";
import { directory, emptyWhole } from "./resources/directory.ts";
import { file } from "./resources/file.ts";
import { link } from "./resources/link.ts";
import type { Resource } from "./resource.ts";

export interface HomeOptions {
  home: string;
  /** The claude-ops that the launcher is another name of. */
  program: string;
  /** A public key that may log in as this user. */
  authorizedKey?: string;
  /** Skills, agents and commands are root's, who looks after them. */
  sharedReadOnly?: boolean;
}

/** What sessions of one user have in common, and what claude-ops keeps in their home. Always run as that user. */
export function homeProfile({ home, program, authorizedKey: key, sharedReadOnly }: HomeOptions): Resource[] {
  const claude = `${home}/.claude`;
  const owner = ourselves();
  const part = (
    name: string,
    title: string,
    why: string,
    extra: { mode?: number; mayBeLink?: boolean; empty?: (path: string) => void },
  ) =>
    directory({
      id: `dir:${name}`,
      title,
      why,
      path: `${claude}/${name}`,
      mode: extra.mode ?? 0o700,
      owner,
      needs: ["dir:claude"],
      mayBeLink: extra.mayBeLink ?? false,
      removable: true,
      ...(extra.empty ? { empty: extra.empty } : {}),
    });
  const shared = (name: string) =>
    part(name, `shared ${name}`, `all sessions of this user see the same ${name}`, {
      mode: 0o755,
      mayBeLink: true,
    });
  return [
    ...(key ? [authorizedKey(home, key)] : []),
    directory({
      id: "dir:claude",
      title: "~/.claude",
      why: "everything that sessions share is in there, the login too",
      path: claude,
      mode: 0o700,
      owner,
      removable: true,
      empty: removeLogs,
    }),
    part("bin", "~/.claude/bin", "the launcher is in there", { mode: 0o755 }),
    part("sessions", "~/.claude/sessions", "each session has its directory there", { empty: removeSessions }),
    // A link where the home is on a network, over which no database is safe.
    part("ops", "~/.claude/ops", "claude-ops keeps its own state there", {
      mayBeLink: true,
      empty: emptyWhole,
    }),
    ...[...(sharedReadOnly ? [] : PARTS.guarded), "plugins"].map(shared),
    seed("CLAUDE.md", "", "instructions for all sessions"),
    seed("settings.json", "{}\n", "settings of all sessions"),
    link({
      id: "launcher",
      title: "~/.claude/bin/claude-session",
      why: "sessions are started with it",
      path: `${claude}/bin/claude-session`,
      target: program,
      needs: ["dir:bin"],
    }),
  ];

  function seed(name: string, content: string, why: string): Resource {
    return file({
      id: `file:${name}`,
      title: `shared ${name}`,
      why,
      path: `${claude}/${name}`,
      mode: 0o600,
      owner,
      content,
      seed: true,
      needs: ["dir:claude"],
    });
  }
}

/** Claude Code and older scripts keep things there too: those are not ours. */
function removeSessions(path: string): void {
  for (const name of readdirSync(path).filter(isId)) {
    if (readRecord(`${path}/${name}`) !== undefined) {
      rmSync(`${path}/${name}`, { recursive: true, force: true });
    }
  }
}

/** The audit trail and its older parts. */
function removeLogs(path: string): void {
  for (const name of readdirSync(path)) if (/^update\.log(\.|$)/.test(name)) rmSync(`${path}/${name}`);
}

/** The user we run as. */
export function ourselves(): Owner {
  const { uid, gid, name } = ownAccount();
  return { uid, gid, name };
}
