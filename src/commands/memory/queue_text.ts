import { shortPath } from "../../cli/paths.ts";
import { renderTable } from "../../cli/output.ts";
import type { Style } from "../../cli/style.ts";
import type { Message, Waiting } from "../../memory/outbox.ts";
import { age } from "../../sessions/age.ts";

/** Where nothing can be sent, as nobody was named to send it to. */
export const noService = "nothing waits: neither memory.sync_command nor memory.sync_url is set";

export function renderQueue(
  messages: readonly Waiting[],
  receiver: string | null,
  style: Style,
  columns: number,
): string {
  if (messages.length === 0) {
    return receiver === null ? noService : `nothing waits for ${receiver}`;
  }
  const titles = [
    { title: "NUMBER", align: "right" },
    { title: "AGE", align: "right" },
    { title: "PROJECT", shrink: true },
    { title: "MESSAGE", shrink: true },
    { title: "TRIED", align: "right" },
    { title: "LAST PROBLEM", shrink: true },
  ] as const;
  const rows = messages.map(({ number, queuedAt, project, message, attempts, problem }) => [
    String(number),
    age(queuedAt),
    shortPath(project),
    summary(JSON.parse(message) as Message),
    attempts === 0 ? "" : String(attempts),
    problem === null ? "" : { text: problem, paint: style.yellow },
  ]);
  return renderTable(titles, rows, columns, style.dim);
}

function summary(message: Message): string {
  if (message.kind === "forgotten") return `forgotten ${message.ids.join(", ")}`;
  return `saved ${message.memory.id} ${message.memory.text.replace(/\s+/g, " ").slice(0, 100)}`;
}
