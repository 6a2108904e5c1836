import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { findAccount, ownAccount } from "../../src/runtime/account.ts";

const passwd = (user: string) =>
  execFileSync("getent", ["passwd", user], { encoding: "utf8" }).trim().split(":");

test("who we are is decided by the kernel and the user database, not by the environment", () => {
  const before = { ...process.env };
  Object.assign(process.env, { USER: "somebody", LOGNAME: "somebody", HOME: "/nowhere" });
  try {
    const [name, , uid, gid, , home] = passwd(String(process.getuid!()));
    expect(ownAccount()).toMatchObject({ name, uid: Number(uid), gid: Number(gid), home });
  } finally {
    for (const key of ["USER", "LOGNAME", "HOME"]) {
      if (before[key] === undefined) delete process.env[key];
      else process.env[key] = before[key];
    }
  }
});

test("an account is found by name and by number, and a name that is a number is no uid", () => {
  expect(findAccount("daemon")).toEqual(findAccount(Number(passwd("daemon")[2])));
  expect(findAccount("0")).toBeUndefined();
  expect(findAccount("no-such-user")).toBeUndefined();
});
