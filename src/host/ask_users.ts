import { explainFailure, type Problem, problemFrom } from "../errors.ts";
import { type Account, findAccount } from "../runtime/account.ts";
import { runAsUser } from "./as_user.ts";

/** A managed user of whom nothing is known, and why. */
export interface Unasked {
  user: string;
  problem: Problem;
}

export interface UserAnswer {
  user: string;
  told: Record<string, unknown>;
}

/** A home that hangs keeps the others' answers back for so long (ms). */
const PATIENCE = 30_000;

/**
 * Runs one of our commands as each of these users, side by side. One who cannot be asked, whose process was killed or
 * whose home is broken is told among `unasked`, and hinders nobody else. Accounts that are gone are left out.
 */
export async function askUsers(
  users: readonly string[],
  words: readonly string[],
): Promise<{ answers: UserAnswer[]; unasked: Unasked[] }> {
  const accounts = users.flatMap((user) => findAccount(user) ?? []).filter(({ uid }) => uid !== 0);
  const answers: UserAnswer[] = [];
  const unasked: Unasked[] = [];
  for (const one of await Promise.all(accounts.map((account) => ask(account, words)))) {
    if ("told" in one) answers.push(one);
    else unasked.push(one);
  }
  return { answers, unasked };
}

async function ask(account: Account, words: readonly string[]): Promise<UserAnswer | Unasked> {
  const user = account.name;
  try {
    const told = await runAsUser(account, words, undefined, { limit: PATIENCE });
    return told.error === undefined ? { user, told } : { user, problem: problemFrom(told.error) };
  } catch (error) {
    return { user, problem: explainFailure(error) };
  }
}
