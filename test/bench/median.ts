export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Number(sorted[sorted.length >> 1]!.toFixed(2));
}
