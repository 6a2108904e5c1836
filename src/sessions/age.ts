const steps = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]] as const;

/** How long ago an ISO 8601 time was, in its largest whole unit; `0 s` for one in the future. */
export function age(time: string, now: number = Date.now()): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(time)) / 1000));
  const [unit, size] = steps.find(([, size]) => seconds >= size) ?? ["s", 1];
  return `${Math.floor(seconds / size)} ${unit}`;
}
