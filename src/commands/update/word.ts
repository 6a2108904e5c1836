import type { Outcome } from "../../cli/command.ts";
import { explainFailure } from "../../errors.ts";
import { SYSTEM } from "../../host/layout.ts";
import { leaveWord } from "../../updates/root_word.ts";

/** Does root's side of an update; what comes of it is left where the machine's users can read it. */
export async function leavingWord(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    const outcome = await work();
    leaveWord(SYSTEM.versions, outcome.data);
    return outcome;
  } catch (error) {
    leaveWord(SYSTEM.versions, { error: explainFailure(error) });
    throw error;
  }
}
