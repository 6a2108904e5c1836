import type { Io } from "../../cli/io.ts";
import { displayWidth, within } from "../../cli/output.ts";
import type { Paint } from "../../cli/style.ts";
import { localTime, printable } from "../../cli/text.ts";
import type { LogEvent } from "../../updates/log_event.ts";
import { describeEvent } from "./words.ts";

export interface Row extends LogEvent {
  /** Of several hosts. */
  host?: string;
  /** Whose log it is, where root looks. */
  user?: string;
}

interface Line {
  time: string;
  cells: string[];
  text: string;
  paint: Paint;
}

/** Lines in columns that stay where they are while more lines come. */
export class LogView {
  readonly #titles: string[];
  readonly #widths: number[];
  #begun = false;

  constructor(readonly io: Io, hosts: readonly string[]) {
    this.#titles = ["TIME", ...(hosts.length > 0 ? ["HOST"] : []), "WHO", "EVENT", "VERSION"];
    // Wide enough for what usually comes, so that nothing has to move when it does.
    this.#widths = [
      "2026-05-01 12:00:00",
      ...(hosts.length > 0 ? [""] : []),
      "",
      "rolled back",
      "2.1.329 → 2.1.330",
    ]
      .map(displayWidth);
    for (const host of hosts) this.#widths[1] = Math.max(this.#widths[1]!, displayWidth(printable(host)));
  }

  /** For `stdout`, each line ended. */
  show(rows: readonly Row[]): string {
    return this.#render(rows.map((row) => this.#line(row)));
  }

  /** The same, where one event again and again becomes one line. */
  folded(rows: readonly Row[]): string {
    if (rows.length === 0) return "nothing was logged";
    const lines: (Line & { count: number; first: string })[] = [];
    for (const line of rows.map((row) => this.#line(row))) {
      const last = lines.at(-1);
      const same = last && line.text === last.text && line.cells.join("\0") === last.cells.join("\0");
      if (same) Object.assign(last, { time: line.time, count: last.count + 1 });
      else lines.push({ ...line, count: 1, first: line.time });
    }
    for (const line of lines) {
      if (line.count > 1) line.text += `${line.text && "  "}(${line.count} times since ${line.first})`;
    }
    return this.#render(lines);
  }

  #line(row: Row): Line {
    const { title, versions, text, paint } = describeEvent(row, this.io.style);
    const host = this.#titles.includes("HOST") ? [row.host ?? ""] : [];
    return {
      time: printable(localTime(row.time)),
      cells: [...host, row.by ?? row.user ?? "", title, versions].map(printable),
      text: printable(text),
      paint,
    };
  }

  #render(lines: readonly Line[]): string {
    const { dim } = this.io.style;
    const table = lines.map(({ time, cells }) => [time, ...cells]);
    for (const cells of [this.#titles, ...table]) {
      cells.forEach((cell, i) => this.#widths[i] = Math.max(this.#widths[i]!, displayWidth(cell)));
    }
    const pad = (cell: string, i: number) => cell + " ".repeat(this.#widths[i]! - displayWidth(cell));
    const header = this.#begun ? [] : [dim([...this.#titles.map(pad), "WHAT"].join("  "))];
    this.#begun = true;
    const event = this.#titles.indexOf("EVENT");
    const shown = table.map((cells, row) => {
      const { paint, text } = lines[row]!;
      const padded = cells.map(pad).map((cell, i) => i === 0 ? dim(cell) : i === event ? paint(cell) : cell);
      return [...padded, this.#told(text)].join("  ").trimEnd();
    });
    return `${[...header, ...shown].join("\n")}\n`;
  }

  /** Beside the columns while that is no narrow strip, else below them. */
  #told(text: string): string {
    const beside = this.#widths.reduce((sum, width) => sum + width + 2, 0);
    const { columns } = this.io;
    if (beside + displayWidth(text) <= columns) return text;
    return columns - beside < 40 ? `\n    ${within(text, columns, 4)}` : within(text, columns, beside);
  }
}
