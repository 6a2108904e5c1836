import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from "node:fs";
import { errno } from "../errors.ts";
import { type Note, readNote } from "./note.ts";

/** A Markdown file that was read. */
export interface VaultNote extends Note {
  content: string;
  /** Milliseconds since 1970. */
  modified: number;
}

export interface Vault {
  notes: VaultNote[];
  /** What could not be read, and why. */
  refused: { where: string; why: string }[];
}

const largest = 4 << 20;

/** All Markdown files of a directory, or the one that it is. Follows no links, and leaves out what is hidden. */
export function readVault(path: string): Vault {
  const vault: Vault = { notes: [], refused: [] };
  try {
    walk(path, vault);
  } catch (error) {
    if (errno(error) !== "ENOTDIR") throw error;
    add(path, vault);
  }
  return vault;
}

function walk(directory: string, vault: Vault): void {
  for (
    const entry of readdirSync(directory, { withFileTypes: true }).sort((a, b) => a.name < b.name ? -1 : 1)
  ) {
    if (entry.name.startsWith(".")) continue;
    const path = `${directory}/${entry.name}`;
    if (entry.isFile() && /\.md$/i.test(entry.name)) add(path, vault);
    if (!entry.isDirectory()) continue;
    try {
      walk(path, vault);
    } catch (error) {
      vault.refused.push({ where: path, why: errno(error) ?? String(error) });
    }
  }
}

function add(path: string, { notes, refused }: Vault): void {
  try {
    const note = readFile(path);
    if (note.content.includes("\0")) refused.push({ where: path, why: "it is no text" });
    else notes.push({ ...readNote(path, note.content), ...note });
  } catch (error) {
    refused.push({ where: path, why: errno(error) ?? (error as Error).message });
  }
}

function readFile(path: string): { content: string; modified: number } {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size, mtimeMs } = fstatSync(descriptor);
    if (size > largest) throw new Error(`${size} bytes are too much for a note`);
    return { content: readFileSync(descriptor, "utf8"), modified: mtimeMs };
  } finally {
    closeSync(descriptor);
  }
}
