/** A kind of value that a key can have. `accept` takes what TOML gave and returns undefined where it does not fit. */
export interface Key<T> {
  readonly type: string;
  readonly default: T;
  /** One sentence without a full stop. */
  readonly summary: string;
  /** What is allowed, as the end of "… must be". */
  readonly allowed: string;
  accept(value: unknown): T | undefined;
  /** The value as it is written in the file. */
  show(value: T): string;
}

export interface Range {
  min?: string;
  max?: string;
}

const day = 86_400_000;
const durationUnits = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: day, w: 7 * day };
const sizeUnits = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

export function string(fallback: string, summary: string): Key<string> {
  return {
    type: "string",
    default: fallback,
    summary,
    allowed: "a string",
    accept: (value) => typeof value === "string" ? value : undefined,
    show: (value) => JSON.stringify(value),
  };
}

/** A version by semver, or empty. */
export function release(summary: string): Key<string> {
  return {
    type: "release",
    default: "",
    summary,
    allowed: 'a version such as "2.1.329"',
    accept: (value) =>
      typeof value === "string" && /^(\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?)?$/.test(value) ? value : undefined,
    show: (value) => JSON.stringify(value),
  };
}

/** A program and its arguments, or nothing. */
export function argv(summary: string): Key<readonly string[]> {
  return {
    type: "list of strings",
    default: [],
    summary,
    allowed: 'a list of strings such as ["program", "argument"]',
    accept: (value) =>
      Array.isArray(value) && value.every((each) => typeof each === "string") && value[0] !== ""
        ? value as string[]
        : undefined,
    show: (value) => `[${value.map((each) => JSON.stringify(each)).join(", ")}]`,
  };
}

/** The address of a service, or nothing. */
export function url(summary: string): Key<string> {
  return {
    ...string("", summary),
    type: "URL",
    allowed: "an address that begins with http:// or https://, without a user or password in it",
    accept: (value) => {
      if (value === "") return "";
      const parsed = typeof value === "string" ? URL.parse(value) : null;
      const plain = parsed !== null && /^https?:$/.test(parsed.protocol) && !parsed.username &&
        !parsed.password;
      return plain ? value as string : undefined;
    },
  };
}

export function boolean(fallback: boolean, summary: string): Key<boolean> {
  return {
    type: "boolean",
    default: fallback,
    summary,
    allowed: "true or false",
    accept: (value) => typeof value === "boolean" ? value : undefined,
    show: String,
  };
}

export function integer(fallback: number, summary: string, range: { min: number; max: number }): Key<number> {
  return {
    type: "integer",
    default: fallback,
    summary,
    allowed: `a whole number from ${range.min} to ${range.max}`,
    accept: (value) => Number.isInteger(value) ? within(value as number, range.min, range.max) : undefined,
    show: String,
  };
}

export function choice<const C extends string>(
  choices: readonly C[],
  fallback: NoInfer<C>,
  summary: string,
): Key<C> {
  return {
    type: "choice",
    default: fallback,
    summary,
    allowed: `one of ${choices.map((choice) => `"${choice}"`).join(", ")}`,
    accept: (value) => choices.find((choice) => choice === value),
    show: (value) => JSON.stringify(value),
  };
}

/** A choice for each of several directories, absolute or below `~/`. */
export function perDirectory<const C extends string>(
  choices: readonly C[],
  summary: string,
): Key<Readonly<Record<string, C>>> {
  const isChoice = (value: unknown) => choices.some((choice) => choice === value);
  return {
    type: "table",
    default: {},
    summary,
    allowed: `a table of directories, from / or ~/ on, each with one of ${
      choices.map((choice) => `"${choice}"`).join(", ")
    }`,
    accept: (value) => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
      const fits = Object.entries(value).every(([name, value]) => /^(~?\/|~$)/.test(name) && isChoice(value));
      return fits ? value as Record<string, C> : undefined;
    },
    show: (value) => {
      const pairs = Object.entries(value).map(([name, value]) => `${JSON.stringify(name)} = "${value}"`);
      return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
    },
  };
}

/** A length of time; the value is in milliseconds. */
export function duration(fallback: string, summary: string, range: Range = {}): Key<number> {
  return measured("duration", durationUnits, '"30d", "1h" or "90s"', fallback, summary, {
    max: "36500d",
    ...range,
  });
}

/** An amount of memory or disk; the value is in bytes. */
export function size(fallback: string, summary: string, range: Range = {}): Key<number> {
  return measured("size", sizeUnits, '"300MiB" or "1GiB"', fallback, summary, { max: "1024TiB", ...range });
}

function measured(
  type: string,
  units: Record<string, number>,
  examples: string,
  fallback: string,
  summary: string,
  range: Range,
): Key<number> {
  const parse = (text: string) => measure(text, units);
  const [min, max] = [parse(range.min ?? `0${Object.keys(units)[0]}`)!, parse(range.max!)!];
  const limits = range.min ? ` from ${range.min} to ${range.max}` : ` up to ${range.max}`;
  return {
    type,
    default: parse(fallback)!,
    summary,
    allowed: `a ${type} such as ${examples},${limits}`,
    accept: (value) => {
      const amount = typeof value === "string" ? parse(value) : undefined;
      return amount === undefined ? undefined : within(amount, min, max);
    },
    show: (value) => JSON.stringify(shortest(value, units)),
  };
}

function within(value: number, min: number, max: number): number | undefined {
  return value >= min && value <= max ? value : undefined;
}

function measure(text: string, units: Record<string, number>): number | undefined {
  const [, number, unit] = text.match(/^(\d{1,12}(?:\.\d{1,6})?) ?([A-Za-z]+)$/) ?? [];
  if (number === undefined || unit === undefined || !Object.hasOwn(units, unit)) return undefined;
  return Math.round(Number(number) * units[unit]!);
}

/** The amount in the largest unit that divides it. */
function shortest(amount: number, units: Record<string, number>): string {
  const [unit, factor] = Object.entries(units)
    .filter(([, factor]) => amount % factor === 0 && amount >= factor)
    .reduce((best, next) => next[1] > best[1] ? next : best, Object.entries(units)[0]!);
  return `${amount / factor}${unit}`;
}
