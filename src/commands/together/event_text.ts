import type { Style } from "../../cli/style.ts";
import { printable } from "../../cli/text.ts";
import type { Event } from "../../coordination/events.ts";

/** An event on one line, its time as this machine's clock shows it. */
export function eventLine({ at, type, message, source }: Event, style: Style): string {
  const time = new Date(at);
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const hour = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":");
  return `${style.dim(`${day} ${hour}`)}  ${style.cyan(printable(source).padEnd(14))}  ${
    printable(type).padEnd(10)
  }  ${printable(message)}`;
}
