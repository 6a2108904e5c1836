import { UsageFailure } from "../../errors.ts";
import type { Scan } from "../../shared/scan.ts";

/** What was asked for, as both ways of installing take it. */
export interface InstallOptions {
  user: string | undefined;
  check: boolean;
  "claude-version": string | undefined;
  "login-shell": boolean;
  "no-login-shell": boolean;
  shared: string | undefined;
  mirror: boolean;
  "shared-read-only": boolean;
  "shared-writable": boolean;
  "via-ssh": boolean;
  "authorized-key": string | undefined;
  "no-authorized-key": boolean;
  "operator-key": string | undefined;
  "accept-new": boolean;
  "ssh-config": string | undefined;
  jobs: number;
  adopt: boolean;
  binary: string | undefined;
  system: boolean;
  scope: "home" | undefined;
  "claude-release": string | undefined;
  "claude-package": string | undefined;
}

/**
 * Whether the user is to log in to `claude-shell`; undefined: as it is.
 * @throws UsageFailure where both were asked for
 */
export function loginShellOf(
  options: Pick<InstallOptions, "login-shell" | "no-login-shell">,
): boolean | undefined {
  if (options["login-shell"] && options["no-login-shell"]) {
    throw new UsageFailure("--login-shell and --no-login-shell contradict each other");
  }
  return options["login-shell"] || (options["no-login-shell"] ? false : undefined);
}

/**
 * Whether sessions may only read what they share; undefined: as it is.
 * @throws UsageFailure where both were asked for
 */
export function readOnlyOf(
  options: Pick<InstallOptions, "shared-read-only" | "shared-writable">,
): boolean | undefined {
  if (options["shared-read-only"] && options["shared-writable"]) {
    throw new UsageFailure("--shared-read-only and --shared-writable contradict each other");
  }
  return options["shared-read-only"] || (options["shared-writable"] ? false : undefined);
}

/**
 * What is to be shared, read before any host is touched.
 * @throws UsageFailure for `--mirror` alone, Failure for what cannot be shared
 */
export async function scanShared(
  { shared, mirror }: Pick<InstallOptions, "shared" | "mirror">,
): Promise<Scan | undefined> {
  if (shared !== undefined) {
    const { scan } = await import("../../shared/scan.ts");
    const { KnownHashes } = await import("../../shared/known_hashes.ts");
    return scan(shared, KnownHashes.of(shared));
  }
  if (mirror) {
    throw new UsageFailure("--mirror needs --shared DIR", "it takes away what is not in that directory");
  }
}
