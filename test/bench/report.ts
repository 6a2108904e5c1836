/** A figure beside its yardstick, as `scripts/bench` shows it. */
export interface Row {
  what: string;
  measured: string;
  yardstick?: string;
  /** Measured by yardstick. */
  ratio?: number;
  /** The most that the ratio may be; or a goal that is no ratio, in words. */
  goal?: number | { text: string; met: boolean };
}

/** What a part of `scripts/bench` ends with: its rows for the table, and whatever else it knows; one JSON document. */
export function report(rows: readonly Row[], details: object = {}): void {
  console.log(JSON.stringify({ rows, ...details }));
}

/** A row from times (ms) that were taken in turns: each as its median and quartiles, and the ratio of the medians. */
export function compare(
  what: string,
  ours: readonly number[],
  than: string,
  theirs: readonly number[],
  goal?: number,
): Row {
  return {
    what,
    measured: took(ours),
    yardstick: `${than}: ${took(theirs)}`,
    ratio: rounded(quantile(ours, 0.5) / quantile(theirs, 0.5)),
    ...(goal === undefined ? {} : { goal }),
  };
}

/** The median of times in ms and, of more than one, between what the middle half of them lies: `19.3 ms (18.8–20.1)`. */
export function took(times: readonly number[]): string {
  const middle = quantile(times, 0.5);
  const [unit, divisor] = middle < 1000 ? ["ms", 1] as const : ["s", 1000] as const;
  const digits = middle / divisor < 10 ? 2 : middle / divisor < 100 ? 1 : 0;
  const text = (ms: number) => (ms / divisor).toFixed(digits);
  const spread = times.length < 2 ? "" : ` (${text(quantile(times, 0.25))}–${text(quantile(times, 0.75))})`;
  return `${text(middle)} ${unit}${spread}`;
}

/** Between two values what lies between them in proportion. */
function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * part;
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place % 1);
}

export const rounded = (value: number): number => Math.round(value * 1000) / 1000;
