import type { Account } from "../runtime/account.ts";

/** What a process of this user's is given; nothing of ours. */
export function userEnvironment({ home, name, uid }: Account): Record<string, string> {
  return {
    HOME: home,
    USER: name,
    LOGNAME: name,
    PATH: "/usr/local/bin:/usr/bin:/bin",
    LANG: "C.UTF-8",
    XDG_RUNTIME_DIR: `/run/user/${uid}`,
  };
}
