import { Failure } from "../errors.ts";
import type { Interaction } from "./interaction.ts";

/** Whose password is wanted, and what that host has refused already. */
export interface PasswordWanted {
  user: string;
  host: string;
  refused: ReadonlySet<string>;
  /** Where false, nobody is asked. */
  mayAsk: boolean;
}

/** Passwords for sudo, asked for once: what one host has taken is tried on the others of the same run. Kept in memory only. */
export class SudoPasswords {
  readonly #interaction: Interaction;
  readonly #hosts: number;
  readonly #latest = new Map<string, string>();
  readonly #turns = new Map<string, Promise<unknown>>();

  /** @param hosts how many there are in this run, for the question's words */
  constructor(interaction: Interaction, hosts = 1) {
    this.#interaction = interaction;
    this.#hosts = hosts;
  }

  /** @throws {Failure} `sudo-password` where nobody can be asked, or nothing was typed */
  get(wanted: PasswordWanted): Promise<string> {
    // One after the other, so that what is typed for one host answers those that wait.
    const before = this.#turns.get(wanted.user) ?? Promise.resolve();
    const mine = before.then(() => this.#ask(wanted), () => this.#ask(wanted));
    this.#turns.set(wanted.user, mine);
    return mine;
  }

  async #ask({ user, host, refused, mayAsk }: PasswordWanted): Promise<string> {
    const known = this.#latest.get(user);
    if (known !== undefined && !refused.has(known)) return known;
    if (!mayAsk || !this.#interaction.interactive) {
      throw new Failure(`sudo on ${host} wants the password of ${user}, and nobody can be asked`, {
        hint: "run it in a terminal, without --json and BatchMode, or allow it without a password (NOPASSWD)",
        code: "sudo-password",
      });
    }
    const again = refused.size > 0 ? "Sorry, try again.\n" : "";
    const others = this.#hosts > 1 ? " (the other hosts are tried with it too)" : "";
    const typed = await this.#interaction.secret(`${again}[sudo] password for ${user} on ${host}${others}: `);
    if (typed === "") {
      throw new Failure(`sudo on ${host} was given no password`, {
        hint: "nothing was changed",
        code: "sudo-password",
      });
    }
    this.#latest.set(user, typed);
    return typed;
  }
}
