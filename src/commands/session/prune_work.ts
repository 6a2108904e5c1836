import type { Outcome } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { carryOut, rehearse } from "../../cleanup/carry_out.ts";
import { configuredRules, type Due, due, lifeOf, type Rules } from "../../cleanup/rules.ts";
import { loadConfig } from "../../config/load.ts";
import { duration, size } from "../../config/values.ts";
import { Failure, UsageFailure } from "../../errors.ts";
import { refuseLive } from "../../sessions/in_use.ts";
import { quoted } from "../../sessions/name.ts";
import { type Layout, layoutOf } from "../../sessions/paths.ts";
import { isPinned } from "../../sessions/pins.ts";
import { sessionLiveness } from "../../sessions/presence.ts";
import { outcomeOf } from "../cleanup/work.ts";
import { measured } from "../measured.ts";
import { findHere } from "./find.ts";

export interface PruneWords {
  "older-than": string | undefined;
  "never-used": string | undefined;
  keep: number | undefined;
  "max-disk": string | undefined;
  "dry-run": boolean;
}

/** `session prune`: nothing is done before all that was named is known to be allowed. */
export async function pruneHere(names: readonly string[], words: PruneWords, io: Io): Promise<Outcome> {
  const layout = layoutOf(process.env);
  const given = rulesOf(words);
  if (names.length > 0 && Object.keys(given).length > 0) {
    throw new UsageFailure(
      "sessions are named, or chosen by rules, not both",
      "see claude-ops session prune --help",
    );
  }
  const config = await loadConfig({ system: false });
  const now = Date.now();
  const rules = Object.keys(given).length > 0 ? given : configuredRules(config);
  const sessions = names.length > 0 ? await named(layout, names, io) : due(layout, rules, now);
  const work = words["dry-run"] ? rehearse : carryOut;
  return outcomeOf(work(layout, { items: [], sessions }, { ...config.cleanup, now }), io);
}

async function named(layout: Layout, names: readonly string[], io: Io): Promise<Due[]> {
  const found = new Map<string, Due>();
  for (const name of names) {
    const { record } = await findHere(name, io);
    refuseLive(layout, record);
    if (sessionLiveness(layout, record) !== "dead") {
      throw new Failure(`session ${record.name} goes on in the background`, {
        hint: `end it (claude-ops session stop ${quoted(record.name)})`,
        code: "session-live",
      });
    }
    if (isPinned(layout, record.id)) {
      throw new Failure(`session ${record.name} is pinned`, {
        hint: `claude-ops session unpin ${quoted(record.name)}`,
        code: "session-pinned",
      });
    }
    found.set(record.id, { ...lifeOf(layout, record), reason: "named" });
  }
  return [...found.values()];
}

const HELP = "see claude-ops session prune --help";

function rulesOf(words: PruneWords): Rules {
  const maxAge = measured(duration("30d", ""), "--older-than", words["older-than"], HELP);
  const unusedAge = measured(duration("1h", ""), "--never-used", words["never-used"], HELP);
  const maxDisk = measured(size("0B", ""), "--max-disk", words["max-disk"], HELP);
  return {
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(unusedAge === undefined ? {} : { unusedAge }),
    ...(words.keep === undefined ? {} : { maxCount: words.keep }),
    ...(maxDisk === undefined ? {} : { maxDisk }),
  };
}
