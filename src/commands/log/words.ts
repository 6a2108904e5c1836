import { localTime } from "../../cli/text.ts";
import type { Paint, Style } from "../../cli/style.ts";
import type { LogEvent } from "../../updates/log_event.ts";

interface Words {
  title: string;
  /** `from → to`, or the one that it is about. */
  versions: string;
  /** Why, and what else there is to know. */
  text: string;
  paint: Paint;
}

/** Fields that have a place of their own; all others are shown as they are. */
const PLACED = ["time", "event", "host", "user", "by", "from", "to", "current", "available", "version"];

/** An event of update.log in words that a person understands. One that is not known is shown as it was written. */
export function describeEvent(event: LogEvent, style: Style): Words {
  const { from, to, current, available, version } = event;
  const arrow = (a: string | undefined, b: string) => a === undefined || a === b ? b : `${a} → ${b}`;
  const known = to ?? available;
  return {
    title: TITLES.get(event.event) ?? event.event,
    versions: known === undefined ? version ?? current ?? "" : arrow(from ?? current, known),
    text: [verdict(event), ...rest(event)].filter(Boolean).join("; "),
    paint: paintOf(event, style),
  };
}

const TITLES = new Map([
  ["deferred", "waiting"],
  ["updated", "updated"],
  ["rolled-back", "rolled back"],
  ["rolled_back", "rolled back"],
]);

function verdict({ event, current, available, text }: LogEvent): string {
  if (event === "checked") return current === available ? "nothing newer" : "a newer release is there";
  if (event === "current") return "nothing newer";
  return event === "damaged" ? text ?? "" : "";
}

function rest(event: LogEvent): string[] {
  return Object.entries(event)
    .filter(([name]) => !PLACED.includes(name) && !(event.event === "damaged" && name === "text"))
    .map(([name, value]) =>
      ((Object.hasOwn(SENTENCES, name) ? SENTENCES[name] : undefined) ??
        ((value) => `${name.replaceAll("_", " ")} ${value}`))(value ?? "")
    );
}

const SENTENCES: Record<string, (value: string) => string> = {
  reason: (reason) => reason,
  waiting_for: (whom) => `until ${whom.replaceAll(",", ", ")} ${/,/.test(whom) ? "have" : "has"} ended`,
  since: (time) => `since ${localTime(time)}`,
  code: () => "", // a word for programs
};

function paintOf({ event, current, available }: LogEvent, style: Style): Paint {
  if (/fail|damaged|rolled/.test(event)) return style.red;
  if (event === "deferred") return style.yellow;
  if (/updated|activated/.test(event)) return style.green;
  if (event === "current" || (event === "checked" && current === available)) return style.dim;
  return style.cyan;
}
