import { type Document, isMap, parseDocument } from "yaml";

/** A Markdown file: its front matter and what follows. */
export interface FrontMatter {
  /** Undefined where there is none. Changing it keeps comments, order and keys of others. */
  document: Document | undefined;
  /** The top level of it as plain values. */
  values: Readonly<Record<string, unknown>>;
  body: string;
  /** The front matter is no YAML: then it is not touched. */
  broken?: string;
}

/** From `---` on the first line to the next `---`, as Obsidian and most others take it. */
const block = /^\uFEFF?---[ \t]*\r?\n([^]*?)(?:^|\r?\n)---[ \t]*(?:\r?\n|$)/m;

/** What does not parse is left as it stands: `broken` says why, and all is body. */
export function readFrontMatter(text: string): FrontMatter {
  const found = /^\uFEFF?---[ \t]*\r?\n/.test(text) ? block.exec(text) : null;
  if (found === null || found.index !== 0) return { document: undefined, values: {}, body: text };
  const body = text.slice(found[0].length);
  const document = parseDocument(found[1]!, { prettyErrors: true });
  const [fault] = document.errors;
  if (fault !== undefined) {
    return { document: undefined, values: {}, body: text, broken: fault.message.split("\n")[0]! };
  }
  const values: unknown = document.toJS({ maxAliasCount: 100 });
  if (values === null) return { document, values: {}, body };
  if (!isMap(document.contents)) return { document: undefined, values: {}, body: text };
  return { document, values: values as Record<string, unknown>, body };
}

/** A file with these keys set in its front matter, all others as they were; undefined and null take a key away. */
export function writeFrontMatter(
  { document, body }: FrontMatter,
  changes: Readonly<Record<string, unknown>>,
): string {
  const changed = document ?? parseDocument("");
  if (changed.contents === null) changed.contents = changed.createNode({}) as unknown as Document["contents"];
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined || value === null) changed.delete(key);
    else if (JSON.stringify(changed.toJS()[key]) !== JSON.stringify(value)) {
      changed.set(key, changed.createNode(value));
    }
  }
  const empty = isMap(changed.contents) && changed.contents.items.length === 0;
  return empty ? body : `---\n${changed.toString({ lineWidth: 0 })}---\n${body}`;
}
