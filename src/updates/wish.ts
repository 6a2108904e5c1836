import semver from "semver";
import type { Config } from "../config/schema.ts";
import { Failure } from "../errors.ts";
import { support } from "../claude/versions.ts";
import type { UpdateState } from "./state.ts";

/** Which Claude Code there should be. */
export interface Wish {
  /** A version, or a tag of the registry. */
  wanted: string;
  /** For people: whose wish it is. */
  by: string;
  /** An older version is also gone to, and one that was held back. */
  exactly: boolean;
}

/** What an explicit request, the configuration and the way of installation say, the first of them that says something. */
export function wishOf(config: Config["claude"], asked?: string, installed?: string): Wish {
  if (asked) return { wanted: asked, by: "--to", exactly: true };
  if (config.version) return { wanted: config.version, by: "[claude] version", exactly: true };
  if (installed && semver.valid(installed)) return { wanted: installed, by: "install", exactly: true };
  return { wanted: config.channel, by: `channel ${config.channel}`, exactly: false };
}

/** Whether a release is to be switched to from what is there. */
export function isDue(wish: Wish, release: string, current: string | undefined, state: UpdateState): boolean {
  if (current === undefined) return true;
  if (wish.by === "--to") return release !== current;
  if (state.held.some(({ version }) => version === release)) return false;
  return wish.exactly ? release !== current : semver.gt(release, current);
}

/**
 * What is to be known of a version before it is fetched.
 * @throws Failure `claude-unsupported` for one whose sessions could not share a login
 */
export function caution(version: string): string | undefined {
  const { support: verdict, reason } = support(version);
  if (verdict === "unsupported") {
    throw new Failure(reason, {
      code: "claude-unsupported",
      hint: "no session would start with it; name it in CLAUDE_OPS_CLAUDE to run it all the same",
    });
  }
  return verdict === "unverifiable" ? reason : undefined;
}
