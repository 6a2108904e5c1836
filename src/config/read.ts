import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { errno } from "../errors.ts";
import { ConfigFailure } from "./problem.ts";

const largest = 1 << 20;

/**
 * The text of a configuration file, or undefined where there is none. Never waits and never reads more than 1 MiB.
 * `trusted`: the file and its directory must belong to root and be writable by nobody else. Throws ConfigFailure.
 */
export function readConfigFile(file: string, trusted: boolean): string | undefined {
  let fd: number;
  try {
    if (trusted) {
      refuseUntrusted(
        file.slice(0, file.lastIndexOf("/")) || "/",
        file,
        lstatSync(file.slice(0, file.lastIndexOf("/")) || "/"),
      );
    }
    // A FIFO in its place must not hang the program.
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    if (error instanceof ConfigFailure) throw error;
    if (errno(error) === "ENOENT") return undefined;
    throw unreadable(file, error);
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) {
      throw wrong(
        file,
        stat.isDirectory() ? "is a directory, not a file" : "is not a regular file",
        "put a file with TOML in its place",
      );
    }
    if (trusted) refuseUntrusted(file, file, stat);
    const buffer = Buffer.alloc(largest + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = readSync(fd, buffer, length, buffer.length - length, null);
    }
    if (length > largest) {
      throw wrong(file, "is larger than 1 MiB", "a configuration has a few lines; is it the right file?");
    }
    return decode(file, buffer.subarray(0, length));
  } catch (error) {
    throw error instanceof ConfigFailure ? error : unreadable(file, error);
  } finally {
    closeSync(fd);
  }
}

function decode(file: string, bytes: Uint8Array): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw wrong(file, "starts with a byte order mark", "save it as UTF-8 without one");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw wrong(file, "is not UTF-8", "save it as UTF-8");
  }
}

function refuseUntrusted(path: string, file: string, stat: { uid: number; mode: number }): void {
  if (stat.uid !== 0) {
    throw wrong(file, `is not read by root: ${path} belongs to user ${stat.uid}`, `chown root:root ${path}`);
  }
  if (stat.mode & 0o022) {
    throw wrong(file, `is not read by root: ${path} is writable by others`, `chmod go-w ${path}`);
  }
}

function unreadable(file: string, error: unknown): ConfigFailure {
  const denied = errno(error) === "EACCES" || errno(error) === "EPERM";
  return wrong(
    file,
    `cannot be read (${errno(error) ?? error})`,
    denied ? `make it readable: chmod a+r ${file}` : "is its path right?",
  );
}

function wrong(file: string, message: string, hint: string): ConfigFailure {
  return new ConfigFailure([{ file, message, hint }]);
}
