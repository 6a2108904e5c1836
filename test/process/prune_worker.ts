/** Run by session_prune.test.ts: prunes what was not used for a moment, again and again, until it is killed. */
import { prune } from "../../src/cleanup/prune.ts";
import { due } from "../../src/cleanup/rules.ts";
import { layoutOf } from "../../src/sessions/paths.ts";

const layout = layoutOf({ HOME: process.argv[2] });
const maxAge = Number(process.argv[3]);
for (let pruned = 0;;) {
  const now = Date.now();
  for (
    const { problem } of prune(layout, due(layout, { maxAge }, now), { trash: true, archive: true, now })
  ) {
    if (problem === undefined) console.log(++pruned);
  }
}
