import { basename } from "node:path";
import { type FrontMatter, readFrontMatter } from "./front_matter.ts";
import type { Imported } from "./import.ts";
import { hexHash } from "./save.ts";
import type { Memory } from "./memory.ts";

/** A memory as a Markdown file, the way Obsidian keeps notes. */
export interface Note extends FrontMatter {
  path: string;
  /** What is remembered of it: the body, under the file's name where it has no heading of its own. */
  text: string;
  tags: string[];
  /** The memory that was written into it, and the hash that its text had then. */
  id: number | undefined;
  hash: string | undefined;
}

const inlineTag = /(?<=^|\s)#(\p{L}[\p{L}\p{N}_/-]*)/gu;

/** A Markdown file as a note; tags are those of the front matter and of the text. */
export function readNote(path: string, content: string): Note {
  const front = readFrontMatter(content);
  const { values, body } = front;
  const given = values.tags ?? values.tag;
  const listed = Array.isArray(given) ? given : typeof given === "string" ? given.split(/[\s,]+/) : [];
  const inline = [...withoutCode(body).matchAll(inlineTag)].map(([, tag]) => tag!);
  const id = values["memory-id"];
  const hash = values["memory-hash"];
  return {
    ...front,
    path,
    text: typeof hash === "string" || hasHeading(body) ? body.trim() : withTitle(path, body),
    tags: [
      ...listed.filter((tag) => typeof tag === "string" || typeof tag === "number").map(String),
      ...inline,
    ],
    id: Number.isSafeInteger(id) ? id as number : undefined,
    hash: typeof hash === "string" ? hash : undefined,
  };
}

/** What a note brings to the memory; its time is that of the file where it says none. */
export function importedNote(note: Note, modified: number): Imported {
  const { values, text, tags, path, id, hash } = note;
  const word = (key: string) =>
    typeof values[key] === "string" && values[key] !== "" ? values[key] : undefined;
  const time = timeIn(values.created ?? values.date ?? values.time) ?? modified;
  return {
    where: path,
    note: path,
    text,
    tags,
    time,
    ...(word("project") === undefined ? {} : { project: word("project") }),
    branch: word("branch") ?? null,
    session: word("session") ?? null,
    sessionName: word("session-name") ?? null,
    ...(word("author") === undefined ? {} : { author: word("author") }),
    ...(id === undefined || hash === undefined ? {} : { known: { id, hash } }),
  };
}

/** The front matter that a memory has. */
export function frontMatterOf(memory: Memory): Record<string, unknown> {
  const { id, text, tags, project, branch, session, sessionName, author, time } = memory;
  return {
    "memory-id": id,
    "memory-hash": hexHash(text),
    tags: tags.length > 0 ? tags : undefined,
    project,
    branch,
    session,
    "session-name": sessionName,
    author,
    created: time,
  };
}

const titleOf = (path: string) => basename(path).replace(/\.md$/i, "");

const hasHeading = (body: string) => /^\s*#+ /.test(body);

function withTitle(path: string, body: string): string {
  return body.trim() === "" ? "" : `# ${titleOf(path)}\n\n${body.trim()}`;
}

/** Comments in code look like tags. */
function withoutCode(body: string): string {
  return body.replace(/^(```|~~~)[^]*?^\1/gm, "").replace(/`[^`\n]*`/g, "");
}

/** Milliseconds since 1970 of a time as files hold it: ISO 8601, or a number of seconds or milliseconds. */
export function timeIn(value: unknown): number | undefined {
  if (value instanceof Date) return timeIn(value.getTime());
  const time = typeof value === "string" ? Date.parse(value) : typeof value === "number" ? value : NaN;
  const milliseconds = typeof value === "number" && time < 1e11 ? time * 1000 : time;
  return Number.isFinite(milliseconds) && Math.abs(milliseconds) <= 8.64e15
    ? Math.round(milliseconds)
    : undefined;
}
