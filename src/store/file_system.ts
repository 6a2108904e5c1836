import { closeSync, constants, existsSync, openSync, readFileSync, realpathSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { errno, Failure } from "../errors.ts";

/**
 * File systems on which locks or shared memory between processes cannot be relied upon: those over a network. Magic
 * numbers of statfs(2) and linux/magic.h (Linux 6.12).
 */
const unsafe: Readonly<Record<number, string>> = {
  0x6969: "nfs",
  0xff534d42: "cifs",
  0xfe534d42: "smb",
  0x517b: "smb",
  0x01021997: "9p",
  0x00c36400: "ceph",
  0x5346414f: "afs",
  0x6b414653: "afs",
  0x73757245: "coda",
  0x7461636f: "ocfs2",
  0x01161970: "gfs2",
  0x0bd00bd0: "lustre",
  0x47504653: "gpfs",
  0x786f4256: "vboxsf",
};
const FUSE = 0x65735546;

/** Of what other programs provide (FUSE), only these are known to be a disk of this machine. */
const local = ["fuseblk", "fuse.fuse-overlayfs", "fuse.bindfs", "fuse.mergerfs", "virtiofs"];

/** The name of the file system that `path` is on where a database is not safe there; undefined where it is. */
export function unsafeFileSystem(path: string): string | undefined {
  // Some runtimes read the field as a signed number.
  const magic = Number(statfsSync(path).type) >>> 0;
  if (magic !== FUSE) return unsafe[magic];
  const { type } = mountOf(path);
  return local.includes(type) ? undefined : type;
}

/** Where what `path` is on was mounted, and its type, by /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export function mountOf(path: string): { point: string; type: string } {
  const real = realpathSync(path);
  let best = { point: "/", type: "fuse" };
  for (const line of readFileSync("/proc/self/mountinfo", "utf8").split("\n")) {
    const [mounted, source] = line.split(" - ");
    // Blanks and backslashes are written in octal there.
    const point = mounted?.split(" ")[4]?.replace(
      /\\([0-7]{3})/g,
      (_, code) => String.fromCharCode(Number.parseInt(code, 8)),
    );
    const type = source?.split(" ")[0];
    if (!point || !type) continue;
    const inside = point === "/" || real === point || real.startsWith(`${point}/`);
    if (inside && point.length >= best.point.length) best = { point, type };
  }
  return best;
}

/** @throws Failure on a file system on which a database that processes share is not safe */
export function refuseUnsafe(directory: string): void {
  const name = unsafeFileSystem(directory);
  if (name === undefined) return;
  throw new Failure(`cannot keep a database in ${directory}: sessions cannot rely on locks over ${name}`, {
    hint: `make ${directory} a link to a directory of yours on a local disk`,
    code: "unsafe-file-system",
  });
}

/** open(2): a file without a name, which leaves no trace. Missing in Node's constants. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;

/**
 * Whether nothing can be changed where `path` is, or will be: by how it was mounted, or because the kernel no longer
 * trusts the disk, which /proc/mounts does not tell of what an overlay hides.
 */
export function isReadOnlyFileSystem(path: string): boolean {
  try {
    closeSync(openSync(nearestExisting(path), O_TMPFILE | constants.O_WRONLY, 0o600));
    return false;
  } catch (error) {
    return errno(error) === "EROFS"; // anything else is no sign of it, as where such files are not known
  }
}

/** Whether nothing more can be written where `path` is: a few blocks are left for none but the file system itself. */
export function isFullFileSystem(path: string): boolean {
  try {
    return statfsSync(nearestExisting(path)).bavail < 8;
  } catch {
    return false;
  }
}

/** Where something is, or will be. */
export function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}
