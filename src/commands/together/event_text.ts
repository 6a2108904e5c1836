import type { Io } from "../../cli/io.ts";
import { displayWidth, within } from "../../cli/output.ts";
import { localTime, printable } from "../../cli/text.ts";
import type { Event } from "../../coordination/events.ts";

/** An event, its time as this machine's clock shows it; what does not fit into the line stands below. */
export function eventLine(
  { at, type, message, source }: Event,
  { style, columns }: Pick<Io, "style" | "columns">,
): string {
  const [time, who, what] = [localTime(at), printable(source).padEnd(14), printable(type).padEnd(10)];
  const first = displayWidth(`${time}  ${who}  ${what}  `);
  return `${style.dim(time)}  ${style.cyan(who)}  ${what}  ${within(printable(message), columns, first)}`;
}
