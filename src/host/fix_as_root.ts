import { shellQuote } from "../remote/shell_quote.ts";

/** What root runs for all managed users at once, and what belongs to the machine. */
const roots = /^(claude-ops (cleanup|doctor|schedule run|session list)|sudo|systemctl (?!--user))\b/;

/** The command that a user's own claude-ops names, as root types it. */
export function fixAsRoot(fix: string, user: string): string {
  if (roots.test(fix)) return fix;
  const simple = !/[|&;<>*~$]/.test(fix);
  return `sudo -iu ${user} ${simple ? fix : shellQuote(["sh", "-c", fix])}`;
}
