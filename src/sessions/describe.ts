import { lastWords } from "../claude/last_words.ts";
import { diskUsage } from "./disk.ts";
import { type SessionSummary, summaryOf } from "./list.ts";
import type { Layout } from "./paths.ts";
import type { SessionRecord } from "./record.ts";

/** All that is known of one session; null where it is not. */
export interface Description extends SessionSummary {
  /** Its CLAUDE_CONFIG_DIR. */
  directory: string;
  /** The UUID of the conversation that `--resume` goes on with. */
  conversation: string | null;
  /** What was last asked in it. */
  lastPrompt: string | null;
  /** The Claude Code that it was last run by. */
  executable: string;
  /** Bytes. */
  disk: number;
}

export function describe(layout: Layout, record: SessionRecord): Description {
  const directory = `${layout.sessions}/${record.id}`;
  const words = lastWords(directory);
  return {
    ...summaryOf(layout, record),
    directory,
    conversation: words?.conversation ?? null,
    lastPrompt: words?.prompt ?? null,
    executable: record.claude.path,
    disk: diskUsage(directory),
  };
}
