import type { Io } from "../../cli/io.ts";
import { pickerView } from "../../cli/picker.ts";
import { showView } from "../../cli/screen.ts";
import { Failure } from "../../errors.ts";
import { summaryOf } from "../../sessions/list.ts";
import { layoutOf } from "../../sessions/paths.ts";
import type { SessionRecord } from "../../sessions/record.ts";
import { lastAsked } from "./last_asked.ts";
import { sessionLines } from "./rows.ts";

/**
 * Lets the person at the terminal choose one of several sessions; its UUID.
 * @throws Failure (exit 130) when they choose none
 */
export async function chooseSession(candidates: readonly SessionRecord[], io: Io): Promise<string> {
  const layout = layoutOf(process.env);
  const style = io.errorStyle;
  const view = pickerView(
    {
      question: "Which session?",
      // Only those on the screen are looked into.
      table: (records, width) =>
        sessionLines(records.map((record) => summaryOf(layout, record)), { style, width }),
      text: ({ name, cwd, id }) => `${name} ${cwd} ${id}`,
      detail: ({ id }) => lastAsked(`${layout.sessions}/${id}`) ?? "nothing was said yet",
    },
    candidates,
    style,
  );
  const chosen = await showView(view, process.stderr);
  if (chosen === undefined) {
    throw new Failure("no session was chosen", { hint: "name one: claude-session --resume NAME", exit: 130 });
  }
  return chosen.id;
}
