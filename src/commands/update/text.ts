import type { Config } from "../../config/schema.ts";
import { Exit } from "../../errors.ts";
import { describeOccupants } from "../../updates/occupants.ts";
import type { UpdateResult } from "../../updates/run.ts";

/** What came of an update, for people: what is, then what to do about it. */
export function inWords(result: UpdateResult, config: Config): string {
  const { channel, version } = config.claude;
  const from = (current: string | null) => current ?? "none";
  const noted = (line: string, note: string | undefined) => note ? `${line}\nnote: ${note}` : line;
  switch (result.status) {
    case "current": {
      const { current, available } = result;
      if (version && current === version) return `Claude Code ${current}, as the configuration wants it`;
      if (available && available !== current) {
        return `Claude Code ${from(current)} stays: ${available} was left or did not start; ` +
          `to go there: claude-ops update --to ${available}`;
      }
      return available
        ? `Claude Code ${current} is the newest of channel ${channel}`
        : `Claude Code ${from(current)}; nothing waits`;
    }
    case "available":
      return noted(
        `Claude Code ${result.available} is available (installed: ${from(result.current)})`,
        result.note,
      );
    case "staged":
      return `Claude Code ${result.to} is fetched and waits (current: ${from(result.current)})\n` +
        "It is switched to by the next start or update while nobody runs Claude Code, or at once by: " +
        "claude-ops update --activate";
    case "updated":
      return `Claude Code ${from(result.from)} → ${result.to}`;
    case "rolled-back":
      return `Claude Code went back: ${result.from} → ${result.to}` +
        (result.reason ? ` (${result.reason})` : "") +
        `\n${result.from} is not gone to again by itself; a newer release is.`;
    case "deferred":
      return `Claude Code ${result.to} is fetched and waits since ${
        result.since.slice(0, 16).replace("T", " ")
      } ` +
        `for ${describeOccupants(result.waitingFor)}\n` +
        "It is switched to once nobody runs Claude Code; --max-wait 1h waits here for that.";
    default:
      return "updates are switched off for this host";
  }
}

export function exitOf({ status }: UpdateResult): number {
  if (status === "deferred") return Exit.busy;
  return status === "available" ? Exit.findings : Exit.ok;
}
