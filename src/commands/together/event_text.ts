import type { Style } from "../../cli/style.ts";
import { localTime, printable } from "../../cli/text.ts";
import type { Event } from "../../coordination/events.ts";

/** An event on one line, its time as this machine's clock shows it. */
export function eventLine({ at, type, message, source }: Event, style: Style): string {
  return `${style.dim(localTime(at))}  ${style.cyan(printable(source).padEnd(14))}  ${
    printable(type).padEnd(10)
  }  ${printable(message)}`;
}
