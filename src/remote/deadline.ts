import type { Interaction } from "./interaction.ts";

/** A time limit in seconds, 0 for none, that stands still while a person is asked something. */
export class Deadline {
  #timer: NodeJS.Timeout | undefined;
  #seconds: number;
  readonly #expired: (seconds: number) => void;

  constructor(seconds: number, expired: (seconds: number) => void) {
    this.#expired = expired;
    this.#seconds = seconds;
    this.start(seconds);
  }

  start(seconds: number): void {
    this.stop();
    this.#seconds = seconds;
    if (seconds > 0) this.#timer = setTimeout(() => this.#expired(seconds), seconds * 1000);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  waitingFor(interaction: Interaction): Interaction {
    const asking = async <T>(answer: () => Promise<T>): Promise<T> => {
      this.stop();
      try {
        return await answer();
      } finally {
        this.start(this.#seconds);
      }
    };
    return {
      interactive: interaction.interactive,
      confirm: (question) => asking(() => interaction.confirm(question)),
      line: (question) => asking(() => interaction.line(question)),
      secret: (question) => asking(() => interaction.secret(question)),
    };
  }
}
