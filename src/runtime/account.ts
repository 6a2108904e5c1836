import { readFileSync } from "node:fs";

/** One line of the user database (passwd(5)). */
export interface Account {
  name: string;
  uid: number;
  gid: number;
  home: string;
  shell: string;
  /** Whatever was noted down when it was made; only root changes it. */
  comment?: string;
}

/** Looks a user up by name or number as the host does, directories such as LDAP included. Undefined: there is none. */
export function findAccount(user: string | number): Account | undefined {
  const field = typeof user === "number" ? 2 : 0;
  const line = local().find((line) => line.split(":")[field] === String(user)) ?? ask(String(user));
  const [name, , uid, gid, comment, home, shell] = line?.split(":") ?? [];
  if (!name || !uid || !gid || !home) return undefined;
  if (typeof user === "string" && name !== user) return undefined;
  return {
    ...{ name, uid: Number(uid), gid: Number(gid), home, shell: shell || "/bin/sh" },
    ...(comment ? { comment } : {}),
  };
}

/** Who we run as, by the kernel and the user database: Bun's `os.userInfo` (1.4.5) believes USER and HOME instead. */
export function ownAccount(): Account {
  const found = findAccount(process.getuid!());
  if (found) return found;
  // macOS keeps its users elsewhere.
  const { userInfo } = process.getBuiltinModule("node:os");
  const { username, uid, gid, homedir, shell } = userInfo();
  return { name: username, uid, gid, home: homedir, shell: shell || "/bin/sh" };
}

function local(): string[] {
  try {
    return readFileSync("/etc/passwd", "utf8").split("\n");
  } catch {
    return [];
  }
}

function ask(user: string): string | undefined {
  // Only here: importing it costs every start a millisecond (Bun 1.4.5).
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const found = spawnSync("getent", ["passwd", user], { encoding: "utf8", env: { PATH: "/usr/bin:/bin" } });
  return found.status === 0 ? found.stdout.trimEnd() : undefined;
}
