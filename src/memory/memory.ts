/** Who saves or asks, and from where. */
export interface Origin {
  /** A repository's directory, the same for all its worktrees; outside git a directory. */
  project: string;
  /** The branch on which it was saved; null outside git. */
  branch: string | null;
  /** UUID of the session that saved it. */
  session: string | null;
  sessionName: string | null;
  author: string;
  /** How it came here: `cli`, `mcp`, or `import:` and the file's name. */
  source: string;
}

/** What is remembered, and where it comes from. */
export interface Memory extends Origin {
  id: number;
  text: string;
  /** Lower-case words without spaces, in order. */
  tags: readonly string[];
  /** ISO 8601. */
  time: string;
  /** The memory that took its place. */
  replacedBy: number | null;
}

/** What narrows a list or a search down; all that is given has to be true. */
export interface Filter {
  /** A project's directory, or the end of one such as `shop` or `work/shop`. */
  project?: string;
  branch?: string;
  /** UUID, its first digits, or name. */
  session?: string;
  author?: string;
  tags?: readonly string[];
  /** Saved at that time or later; milliseconds since 1970, as `before`. */
  since?: number;
  before?: number;
  /** Replaced ones too. */
  replaced?: boolean;
}

/** The longest text that is kept as one memory, in characters. */
export const longestText = 100_000;
