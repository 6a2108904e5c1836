/** Seconds without news after which a terminal shows it, and a log has a line; the log has the next after twice as long. */
const SHOWN_AFTER = 10;
const LOGGED_AFTER = 30;

type Host = string | undefined;

/** How long ago running work was last heard of, for each host; one that is frozen would else be waited for without a word. */
export class LastNews {
  readonly #heard = new Map<Host, number>();
  readonly #logged = new Map<Host, number>();

  /** @param now seconds */
  constructor(private readonly now: () => number = () => performance.now() / 1000) {}

  heard(host: Host): void {
    this.#heard.set(host, this.now());
    this.#logged.delete(host);
  }

  /** Nobody said anything while a person was asked. */
  restart(): void {
    for (const host of this.#heard.keys()) this.heard(host);
  }

  /** For a terminal: `nothing new for 12 s`; empty where there is. */
  words(host: Host): string {
    const silent = this.#silent(host);
    return silent < SHOWN_AFTER ? "" : inWords(silent);
  }

  /** For a log: the same once it is due, empty otherwise. */
  due(host: Host): string {
    const silent = this.#silent(host);
    const next = 2 * (this.#logged.get(host) ?? LOGGED_AFTER / 2);
    if (silent < next) return "";
    this.#logged.set(host, next);
    return inWords(silent);
  }

  #silent(host: Host): number {
    return Math.floor(this.now() - (this.#heard.get(host) ?? this.now()));
  }
}

function inWords(seconds: number): string {
  return `nothing new for ${seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`}`;
}
