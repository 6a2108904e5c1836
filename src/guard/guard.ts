import type { Layout } from "../sessions/paths.ts";
import { sameDirectory } from "../sessions/project.ts";
import { type Holder, holderLiveness, isSameHolder } from "./holder.ts";
import { changeAllHolds, changeHolds, ensureHeld, type Hold, holdsOf } from "./holds.ts";
import type { Rule } from "./rule.ts";
import { stands } from "./standing.ts";
import { telling, wasTold } from "./told.ts";

/** What the guard says to an edit: whose way it is in, and what the project wants done about it. */
export interface Answer {
  /** Undefined where nobody else was there to ask about. */
  rule?: Rule;
  /** Others that edit the same file; none: go on. */
  others: Hold[];
  /** Whether this session was told of all of them before, so that a person can be asked about something they know. */
  known: boolean;
}

/** Milliseconds after which a session that goes on with a file says so again. */
const fresh = 60_000;

/**
 * Whether a session has a file to itself and said so a moment ago, which is nearly always: one small file is read, no
 * lock is taken and nothing written. Nobody can have taken it meanwhile, because whoever wants it asks first.
 */
export function holdsAlone(layout: Layout, id: string, path: string, now: number = Date.now()): boolean {
  const holds = holdsOf(layout, path).filter((hold) => hold.path.toLowerCase() === path.toLowerCase());
  const [mine] = holds;
  if (holds.length !== 1 || mine!.by.id !== id || mine!.path !== path) return false;
  return now >= mine!.intended && now - mine!.intended < fresh;
}

/** How often an answer is looked for anew while others take and release the same file. */
const rounds = 10;

/**
 * Announces that a session is about to edit a file, and says whether others do. It holds the file from here on, unless
 * it has to wait for an answer. What nobody else holds costs one small file, whatever the configuration.
 * @param path a real path
 * @param ruleOf loads the rule that holds for the file; called only where somebody else has it
 * @throws Failure when it cannot be decided
 */
export async function intend(
  layout: Layout,
  me: Holder,
  path: string,
  ruleOf: () => Promise<Rule>,
  now: number = Date.now(),
): Promise<Answer> {
  ensureHeld(layout);
  const judged = new Map<string, boolean>();
  let rule: Rule | undefined;
  for (let round = 0;; round++) {
    let known = false;
    let open: Hold[] = [];
    let standing: Hold[] = [];
    changeHolds(layout, path, (holds) => {
      const others = othersOf(holds, path, me);
      open = rule?.policy === "off" ? [] : others.filter((hold) => !judged.has(key(hold)));
      standing = others.filter((hold) => judged.get(key(hold)));
      const waits = open.length > 0 ||
        (standing.length > 0 && (rule?.policy === "ask" || rule?.policy === "deny"));
      if (waits) {
        known = standing.every((hold) => wasTold(hold, me, now));
        if (known || open.length > 0 || rule?.policy !== "ask") return holds;
        return holds.map((hold) => standing.includes(hold) ? telling(hold, me, now) : hold);
      }
      const gone = others.filter((hold) => judged.get(key(hold)) === false);
      return [...holds.filter((hold) => !gone.includes(hold)).filter(notMine), announced(holds)];
    });
    if (open.length === 0 || round === rounds) {
      return { ...(rule && { rule }), others: rule?.policy === "off" ? [] : standing, known };
    }
    // Outside of the lock: git may take its time.
    rule ??= await ruleOf();
    for (const hold of open) judged.set(key(hold), stands(layout, hold, rule.idle, now));
  }

  function notMine(hold: Hold): boolean {
    return !(isSameHolder(hold.by, me) && isSameFile(hold.path, path));
  }

  function announced(holds: readonly Hold[]): Hold {
    const mine = holds.find((hold) => !notMine(hold));
    return { ...(mine ?? { path, since: now }), by: me, intended: now };
  }
}

const key = (hold: Hold) => JSON.stringify({ ...hold, told: undefined });

/** Writes down that a session edited a file, whoever else holds it. Returns the living others that do. */
export function recordEdit(layout: Layout, me: Holder, path: string, now: number = Date.now()): Hold[] {
  ensureHeld(layout);
  let others: Hold[] = [];
  changeHolds(layout, path, (holds) => {
    others = othersOf(holds, path, me).filter(({ by }) => holderLiveness(layout, by) !== "dead");
    const mine = ownOf(holds, path, me);
    const edited: Hold = { ...(mine ?? { path, since: now, intended: now }), by: me, edited: now };
    return [...holds.filter((hold) => hold !== mine), edited];
  });
  return others;
}

/** Takes an announced edit back that was not made. */
export function giveUp(layout: Layout, me: Holder, path: string): void {
  changeHolds(layout, path, (holds) => {
    const mine = ownOf(holds, path, me);
    if (mine === undefined) return holds;
    const rest = holds.filter((hold) => hold !== mine);
    return mine.edited === undefined ? rest : [...rest, { ...mine, intended: mine.edited }];
  });
}

/** Lets go of what a session holds, all of it or what is chosen. Returns what went. */
export function release(layout: Layout, me: Holder, chosen: (hold: Hold) => boolean = () => true): Hold[] {
  const gone: Hold[] = [];
  changeAllHolds(layout, (holds) => {
    const stay = holds.filter((hold) => !isSameHolder(hold.by, me) || !chosen(hold));
    if (stay.length === holds.length) return holds;
    gone.push(...holds.filter((hold) => !stay.includes(hold)));
    return stay;
  });
  return gone;
}

/** Forgets what the dead held. */
export function sweep(layout: Layout): void {
  changeAllHolds(layout, (holds) => {
    const stay = holds.filter(({ by }) => holderLiveness(layout, by) !== "dead");
    return stay.length === holds.length ? holds : stay;
  });
}

const othersOf = (holds: readonly Hold[], path: string, me: Holder) =>
  holds.filter((hold) => !isSameHolder(hold.by, me) && isSameFile(hold.path, path));

const ownOf = (holds: readonly Hold[], path: string, me: Holder) =>
  holds.find((hold) => isSameHolder(hold.by, me) && isSameFile(hold.path, path));

/** Also two spellings of one file where case does not count. */
export const isSameFile = (a: string, b: string): boolean =>
  a === b || (a.toLowerCase() === b.toLowerCase() && sameDirectory(a, b));
