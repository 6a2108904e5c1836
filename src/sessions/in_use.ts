import { Failure } from "../errors.ts";
import { age } from "./age.ts";
import { quoted } from "./name.ts";
import type { Layout } from "./paths.ts";
import { processLiveness } from "./presence.ts";
import type { SessionRecord } from "./record.ts";

/** A name is a live session's. */
export function nameTaken(record: SessionRecord): Failure {
  const { name, identity, cwd } = record;
  return new Failure(
    `a session named ${name} is live already: pid ${identity.pid}, in ${cwd}, for ${runningFor(record)}`,
    {
      hint: `${attaching(record)}${stopping(record)} and resume it, or take another name`,
      code: "name-taken",
    },
  );
}

/** @throws Failure for a session that goes on already, with what can be done instead of resuming it */
export function refuseLive(layout: Layout, record: SessionRecord): void {
  const { name, identity, cwd } = record;
  const liveness = processLiveness(layout, record);
  if (liveness === "dead") return;
  if (liveness === "elsewhere") {
    throw new Failure(
      `session ${name} runs on ${identity.host} since ${runningFor(record)}, or cannot be seen from here`,
      { hint: "end it there first", code: "session-live" },
    );
  }
  throw new Failure(`session ${name} is live: pid ${identity.pid}, for ${runningFor(record)}, in ${cwd}`, {
    hint: `${attaching(record)}go on with a copy (--fork), or ${stopping(record)}`,
    code: "session-live",
  });
}

const runningFor = ({ resumedAt, createdAt }: SessionRecord) => age(resumedAt ?? createdAt);

/** Only what was started detached can be attached to. */
const attaching = ({ name, tmux }: SessionRecord) =>
  tmux === undefined ? "" : `attach to it (claude-ops session attach ${quoted(name)}), `;

const stopping = ({ name }: SessionRecord) => `end it (claude-ops session stop ${quoted(name)})`;
