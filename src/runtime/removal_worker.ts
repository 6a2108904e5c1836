/** The second thread of `Removals`: does what is left of a round, for as long as there is something left. */
import { type Round, work } from "./removal_round.ts";

(globalThis as { onmessage?: unknown }).onmessage = ({ data }: { data: Round }) => work(data);
