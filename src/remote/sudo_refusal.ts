import { Failure } from "../errors.ts";
import type { PasswordWanted } from "./sudo_passwords.ts";

/** What sudo says in English when it does not run a command; seen with sudo 1.9.13. */
const REFUSALS = [
  {
    code: "sudo-terminal",
    said: /must have a tty/,
    why: "insists on a terminal (requiretty)",
    hint: "put Defaults:USER !requiretty into sudoers there, or install the program script",
  },
  {
    code: "sudo-refused",
    said: /not in the sudoers|not allowed|may not run|unknown user/i,
    why: "does not let USER become root",
    hint: "log in as root, or as a user who may run everything by sudo",
  },
  {
    code: "sudo-password",
    said: /incorrect password|password is required|no password was provided|Authentication fail/i,
    why: "took none of the passwords for USER",
    hint: "nothing was changed; it is the password of USER on that host",
  },
  {
    code: "sudo-missing",
    said: /sudo.*(not found|No such file)/,
    why: "is not there, and USER is not root",
    hint: "log in as root, or install sudo there",
  },
];

export function explainSudo({ host, user }: Omit<PasswordWanted, "refused">, said: string): Failure {
  const last = said.split("\n").at(-1) || "nothing";
  const found = REFUSALS.find((refusal) => refusal.said.test(said));
  const named = (text: string) => text.replaceAll("USER", user);
  if (found === undefined) {
    return new Failure(`sudo on ${host} does not run commands for ${user}: ${last}`, {
      hint: "try sudo there by hand",
      code: "sudo-refused",
    });
  }
  return new Failure(`sudo on ${host} ${named(found.why)}: ${last}`, {
    hint: named(found.hint),
    code: found.code,
  });
}

export function wantsTerminal(error: unknown): boolean {
  return error instanceof Failure && error.code === "sudo-terminal";
}
