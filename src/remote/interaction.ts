/** How to reach the person in front of the program, if there is one. The terminal's is in src/cli/prompt.ts. */
export interface Interaction {
  /** Whether anybody can answer; where false, nothing is asked. */
  interactive: boolean;
  /** A yes-or-no question; the question may have several lines. */
  confirm(question: string): Promise<boolean>;
  /** Asks for something that may be shown as it is typed. */
  line(question: string): Promise<string>;
  /** Asks for something that must not be shown. */
  secret(question: string): Promise<string>;
}

/** Nobody is there. */
export const nobody: Interaction = {
  interactive: false,
  confirm: () => Promise.resolve(false),
  line: () => Promise.resolve(""),
  secret: () => Promise.resolve(""),
};
