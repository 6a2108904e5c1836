import { lstatSync, mkdirSync, readdirSync } from "node:fs";
import { Failure } from "../errors.ts";
import { isId } from "../sessions/id.ts";
import type { Layout } from "../sessions/paths.ts";

/** Where pruned sessions wait to be wanted back, one directory for each run: `ops/trash/20261121T133037Z/<uuid>/`. */
export const trashOf = ({ ops }: Layout): string => `${ops}/trash`;

/** What was said in pruned sessions: `ops/archives/<uuid>.<name>.tar.gz`. */
export const archivesOf = ({ ops }: Layout): string => `${ops}/archives`;

/** What is being removed: nothing in here is wanted by anybody any more. */
export const removingOf = ({ ops }: Layout): string => `${ops}/removing`;

export interface Trashed {
  id: string;
  /** The directory of its run, and what that is called. */
  run: string;
  runName: string;
  /** When it was put there (ms). */
  time: number;
}

/** All that is in the trash, newest first. */
export function trashed(layout: Layout): Trashed[] {
  const trash = trashOf(layout);
  return entries(trash).sort().reverse().flatMap((runName) => {
    const [run, time] = [`${trash}/${runName}`, timeOfRun(runName)];
    return time === undefined ? [] : entries(run).filter(isId).map((id) => ({ id, run, runName, time }));
  });
}

export interface Archived {
  id: string;
  name: string;
  file: string;
  fileName: string;
  /** When it was written (ms). */
  time: number;
  /** Bytes. */
  size: number;
}

/** All archives, newest session first. */
export function archived(layout: Layout): Archived[] {
  const directory = archivesOf(layout);
  return entries(directory).sort().reverse().flatMap((fileName) => {
    const [, id, name] = /^(.{36})\.(.+)\.tar\.gz$/.exec(fileName) ?? [];
    const file = `${directory}/${fileName}`;
    const facts = id && isId(id) ? lstatSync(file, { throwIfNoEntry: false }) : undefined;
    if (!facts?.isFile()) return [];
    return [{ id: id!, name: name!, file, fileName, time: facts.mtimeMs, size: facts.blocks * 512 }];
  });
}

/** The name of a run's directory: its time in UTC, in the basic form of ISO 8601. */
export const runName = (time: number): string =>
  `${new Date(time).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;

function timeOfRun(name: string): number | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(name) ??
    [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** Names in a directory; none in a link to one, which would lead to what is not ours. */
export function entries(directory: string): string[] {
  try {
    return lstatSync(directory).isDirectory() ? readdirSync(directory) : [];
  } catch {
    return [];
  }
}

/** Makes one of these places. @throws Failure where something else is in its way, such as a link */
export function ensurePlace(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (lstatSync(directory).isDirectory()) return;
  throw new Failure(`${directory} is no directory`, { hint: `move it away: ls -ld ${directory}` });
}
