/** What was asked for, as both ways of installing take it. */
export interface InstallOptions {
  user: string | undefined;
  check: boolean;
  "claude-version": string | undefined;
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
