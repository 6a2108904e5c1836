/** A line of update.log, read. What a line says beside time and event has its own names. */
export interface LogEvent {
  /** ISO 8601; empty for a line that was damaged. */
  time: string;
  /** `checked`, `staged`, …; `damaged` for half a line that a full disk left. */
  event: string;
  [field: string]: string | undefined;
}

const LINE = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) ([\w-]+)((?: [\w-]+=(?:"(?:[^"\\]|\\.)*"|[^\s"]*))*)$/;

/** A line of `update.log`; one that cannot be read is an event `damaged` with its text. */
export function parseLine(line: string): LogEvent {
  const [, time, event, rest] = LINE.exec(line) ?? [];
  if (time === undefined || event === undefined) return { time: "", event: "damaged", text: line };
  const fields: Record<string, string> = { time, event };
  for (const [, name, value] of rest!.matchAll(/ ([\w-]+)=("(?:[^"\\]|\\.)*"|[^\s"]*)/g)) {
    fields[name!] = unquoted(value!);
  }
  return Object.assign(fields, { time, event });
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
