import { UsageFailure } from "../../errors.ts";

/** What was asked for, as both ways of installing take it. */
export interface InstallOptions {
  user: string | undefined;
  check: boolean;
  "claude-version": string | undefined;
  "login-shell": boolean;
  "no-login-shell": boolean;
  "via-ssh": boolean;
  "authorized-key": string | undefined;
  "no-authorized-key": boolean;
  "operator-key": string | undefined;
  "accept-new": boolean;
  "ssh-config": string | undefined;
  jobs: number;
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
