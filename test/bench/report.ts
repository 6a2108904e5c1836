/** A figure beside its yardstick, as `scripts/bench` shows it. */
export interface Row {
  what: string;
  measured: string;
  yardstick?: string;
  /** Measured by yardstick. */
  ratio?: number;
  /** The most that the ratio may be. */
  goal?: number;
}

/** What a part of `scripts/bench` ends with: its rows for the table, and whatever else it knows; one JSON document. */
export function report(rows: readonly Row[], details: object = {}): void {
  console.log(JSON.stringify({ rows, ...details }));
}

export const rounded = (value: number): number => Math.round(value * 1000) / 1000;
