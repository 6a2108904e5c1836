import { closeSync, fsyncSync, lstatSync, openSync, renameSync, rmSync, statfsSync } from "node:fs";
import * as tar from "tar";
import { errno, Failure } from "../errors.ts";
import type { Layout } from "../sessions/paths.ts";
import { readRecord, type SessionRecord } from "../sessions/record.ts";
import { temporaryFor } from "../store/temporary.ts";
import { archivesOf, ensurePlace, entries } from "./places.ts";

/**
 * What a conversation is continued from: its transcripts below `projects/` (a copied `projects/<slug>/` restores it, seen
 * on 2.1.329), what was typed, and our record. A plain tar.gz, so that nobody needs us to read it.
 */
const kept = ["session.json", "projects", "history.jsonl"];

/**
 * Keeps what was said in a session; an older archive of it is replaced. It lasts through a power cut once
 * `settleArchives` was called.
 * @returns the file
 * @throws Failure when it cannot be kept whole; nothing is left of it then
 */
export function writeArchive(layout: Layout, { id, name }: SessionRecord): string {
  const directory = `${layout.sessions}/${id}`;
  ensurePlace(archivesOf(layout));
  const file = `${archivesOf(layout)}/${id}.${name}.tar.gz`;
  const temporary = temporaryFor(file);
  const here = kept.filter((name) =>
    !lstatSync(`${directory}/${name}`, { throwIfNoEntry: false })?.isSymbolicLink()
  )
    .filter((name) => lstatSync(`${directory}/${name}`, { throwIfNoEntry: false }) !== undefined);
  try {
    refuseWithoutRoom(layout, here.reduce((sum, name) => sum + contentOf(`${directory}/${name}`).bytes, 0));
    tar.c({
      sync: true,
      strict: true,
      gzip: true,
      portable: true,
      mode: 0o600,
      file: temporary,
      cwd: directory,
      filter: (_, facts) => "isFile" in facts && (facts.isFile() || facts.isDirectory()),
    }, here);
    sync(temporary);
    refuseUnlike(temporary, here.map((name) => contentOf(`${directory}/${name}`)));
    renameSync(temporary, file);
    return file;
  } catch (error) {
    rmSync(temporary, { force: true });
    if (error instanceof Failure) throw error;
    throw new Failure(`its conversation cannot be archived: ${errno(error) ?? (error as Error).message}`, {
      hint: "mend that, or set [cleanup] archive = false",
      cause: error,
    });
  }
}

/** Waits until all archives that were written are on the disk for good. */
export function settleArchives(layout: Layout): void {
  sync(archivesOf(layout));
}

/**
 * Puts an archived session into an empty directory.
 * @throws Failure when it is damaged or there is no room
 */
export function extractArchive(file: string, id: string, into: string): SessionRecord {
  try {
    tar.x({
      sync: true,
      strict: true,
      file,
      cwd: into,
      preserveOwner: false,
      filter: (path, entry) =>
        kept.includes(path.split("/")[0]!) && "type" in entry &&
        /^(Old|Contiguous)?File$|^Directory$/.test(entry.type),
    });
  } catch (error) {
    throw new Failure(`${file} cannot be extracted: ${errno(error) ?? (error as Error).message}`, {
      hint: `look into it with: tar tzf ${file}`,
      cause: error,
    });
  }
  const record = readRecord(into);
  if (record !== undefined && !("unreadable" in record) && record.id === id) return record;
  throw new Failure(`${file} holds no session ${id}`, { hint: `look into it with: tar tzf ${file}` });
}

interface Content {
  files: number;
  bytes: number;
}

/** Regular files of a tree; no link is followed. */
function contentOf(path: string): Content {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts?.isFile()) return { files: 1, bytes: facts.size };
  if (!facts?.isDirectory()) return { files: 0, bytes: 0 };
  return entries(path).map((name) => contentOf(`${path}/${name}`)).reduce(plus, { files: 0, bytes: 0 });
}

const plus = (a: Content, b: Content): Content => ({ files: a.files + b.files, bytes: a.bytes + b.bytes });

/** A file with holes may be larger than any disk: what cannot be extracted again is no archive. */
function refuseWithoutRoom({ ops }: Layout, bytes: number): void {
  const { bavail, bsize } = statfsSync(ops);
  if (bytes <= bavail * bsize) return;
  throw new Failure(`no room to archive its conversation: ${Math.ceil(bytes / 1e6)} MB`, {
    hint: "make room, or set [cleanup] archive = false",
    code: "disk-full",
  });
}

/** Reads an archive back: what is removed because of it must be in it. */
function refuseUnlike(file: string, contents: readonly Content[]): void {
  const found: Content = { files: 0, bytes: 0 };
  tar.t({
    sync: true,
    strict: true,
    file,
    onReadEntry: ({ type, size }) => {
      if (type === "Directory") return;
      found.files++;
      found.bytes += size;
    },
  });
  const wanted = contents.reduce(plus, { files: 0, bytes: 0 });
  if (found.files === wanted.files && found.bytes === wanted.bytes) return;
  throw new Failure(`its archive has ${found.files} of ${wanted.files} files`, {
    hint: "something in the session cannot be read, or changes",
  });
}

function sync(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
