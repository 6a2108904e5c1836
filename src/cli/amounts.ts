/** In units of 1000, as disks and networks count: `412 MB`, `1.2 GB`. */
export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit > 2 && value < 99.5 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
