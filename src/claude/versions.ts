/** First version whose isolation by config directory can be verified from outside. Found by running both sides. */
const SUPPORTED_FROM = "2.1.268";
/** First version where several config directories can share one login. Found by running both sides. */
const SHARED_LOGIN_FROM = "2.1.144";
/** Newest version that the facts in this directory were verified on. */
export const NEWEST_VERIFIED = "2.1.330";

export type Support = "supported" | "unverifiable" | "unsupported" | "newer";

/** How far claude-ops can stand for this version of Claude Code. Throws a TypeError for what is no version. */
export function support(version: string): { support: Support; reason: string } {
  if (compare(version, SHARED_LOGIN_FROM) < 0) {
    return {
      support: "unsupported",
      reason:
        `Claude Code ${version} cannot share one login between sessions; ${SHARED_LOGIN_FROM} and newer can`,
    };
  }
  if (compare(version, SUPPORTED_FROM) < 0) {
    return {
      support: "unverifiable",
      reason:
        `the isolation of Claude Code ${version} cannot be verified; ${SUPPORTED_FROM} and newer report it`,
    };
  }
  if (compare(version, NEWEST_VERIFIED) > 0) {
    return {
      support: "newer",
      reason: `Claude Code ${version} is newer than ${NEWEST_VERIFIED}, the newest that was verified`,
    };
  }
  return { support: "supported", reason: `Claude Code ${version} is among the verified versions` };
}

/** By semver, for a second one that is no prerelease. Every start asks, and loading semver takes longer than a start may. */
function compare(version: string, release: string): number {
  const [, core, prerelease] = /^(\d+\.\d+\.\d+)(-[^+]+)?(?:\+.*)?$/.exec(version) ?? [];
  if (core === undefined) throw new TypeError(`not a version: ${version}`);
  const others = release.split(".");
  for (const [i, part] of core.split(".").entries()) {
    if (Number(part) !== Number(others[i])) return Number(part) - Number(others[i]);
  }
  return prerelease === undefined ? 0 : -1;
}
