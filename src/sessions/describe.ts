import { lastWords } from "../claude/last_words.ts";
import { attachedTerminals } from "./attached.ts";
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
  /** How many terminals are attached to it; null for one that is not detached. */
  attached: number | null;
  /** The Claude Code that it was last run by. */
  executable: string;
  /** Bytes. */
  disk: number;
}

/** One session, with what takes longer to find out than a list may take. */
export function describe(layout: Layout, record: SessionRecord): Description {
  const directory = `${layout.sessions}/${record.id}`;
  const words = lastWords(directory);
  const summary = summaryOf(layout, record);
  return {
    ...summary,
    directory,
    conversation: words?.conversation ?? null,
    lastPrompt: words?.prompt ?? null,
    attached: summary.live ? attachedTerminals(record) ?? null : null,
    executable: record.claude.path,
    disk: diskUsage(directory),
  };
}
