import { parse, TomlError } from "smol-toml";
import { nearest } from "../nearest.ts";
import { keyLines } from "./locate.ts";
import type { Problem } from "./problem.ts";
import { keys, schema } from "./schema.ts";

/** A value that a file sets, already in the units of the schema. */
export interface Setting {
  value: unknown;
  file: string;
  line?: number;
}

/** Reads one configuration file's text. Never throws: what is wrong is in `problems`. */
export function parseConfig(
  file: string,
  text: string,
): { settings: Map<string, Setting>; problems: Problem[] } {
  const settings = new Map<string, Setting>();
  let document: Record<string, unknown>;
  try {
    document = parse(text);
  } catch (error) {
    return { settings, problems: [syntaxProblem(file, error)] };
  }
  const problems: Problem[] = [];
  const lines = keyLines(text);
  const lineOf = (name: string) => lines.get(name) ?? lines.get(name.slice(0, name.lastIndexOf(".")));
  const complain = (name: string, message: string, hint: string) => {
    problems.push({ file, line: lineOf(name), message, hint });
  };

  for (const [section, entries] of Object.entries(document)) {
    if (!Object.hasOwn(schema, section)) {
      const what = isTable(entries) ? "section" : "key";
      const known = what === "section" ? nearest(section, Object.keys(schema)) : nearestKey("", section);
      complain(section, `unknown ${what} "${section}"`, known ? `did you mean "${known}"?` : allSections());
    } else if (!isTable(entries)) {
      complain(
        section,
        `"${section}" must be a section`,
        `write [${section}] and its keys on the lines below`,
      );
    } else {
      for (const [entry, value] of Object.entries(entries)) {
        const name = `${section}.${entry}`;
        const key = keys.get(name);
        const accepted = key?.accept(value);
        if (key === undefined) complain(name, `unknown key "${name}"`, keyHint(section, entry));
        else if (accepted === undefined) {
          complain(name, `"${name}" must be ${key.allowed}`, `the default is ${key.show(key.default)}`);
        } else settings.set(name, { value: accepted, file, line: lineOf(name) });
      }
    }
  }
  return { settings, problems };
}

function keyHint(section: string, entry: string): string {
  const known = nearestKey(section, entry);
  const all = Object.keys(schema[section as keyof typeof schema]).map((entry) => `"${entry}"`).join(", ");
  return known ? `did you mean "${known}"?` : `[${section}] has ${all}`;
}

/** The key of this section with the most similar name, or else one of any section. */
function nearestKey(section: string, entry: string): string | undefined {
  const split = [...keys.keys()].map((name) => name.split(".") as [string, string]);
  const own = nearest(entry, split.filter(([of]) => of === section).map(([, name]) => name));
  if (own !== undefined) return `${section}.${own}`;
  const other = nearest(entry, split.map(([, name]) => name));
  return split.find(([, name]) => name === other)?.join(".");
}

const allSections = () =>
  `the sections are ${Object.keys(schema).map((section) => `[${section}]`).join(", ")}`;
const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

function syntaxProblem(file: string, error: unknown): Problem {
  if (!(error instanceof TomlError)) {
    return {
      file,
      message: "not valid TOML",
      hint: `the parser says: ${error instanceof Error ? error.message : error}`,
    };
  }
  const reason = error.message.split("\n")[0]!.replace(/^Invalid TOML document: /, "");
  const shown = error.codeblock.split("\n").find((line) =>
    line.startsWith(`${error.line}:`) || line.startsWith(`${error.line} `)
  );
  const line = (shown ?? "").replace(/^\d+ *: {2}/, "").trim().slice(0, 100);
  return {
    file,
    line: error.line,
    column: error.column,
    message: `not valid TOML: ${reason}`,
    hint: `look at the line: ${line}`,
  };
}
