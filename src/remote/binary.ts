import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errno, Failure } from "../errors.ts";
import { compiled } from "../runtime/self.ts";
import type { Progress } from "../updates/fetch_package.ts";
import { released } from "../version.ts";
import { compareVersions, platformOf } from "./elf.ts";
import type { HostFacts } from "./probe.ts";

/** A program that fits a host. */
export interface Binary {
  path: string;
  sha256: string;
  /** Bytes. */
  size: number;
}

/** What decides which program a host can run. */
type Needs = Pick<HostFacts, "arch" | "libc" | "glibcVersion">;

export interface BinaryOptions {
  /** Take this one (`--binary FILE`). */
  file?: string;
  /** Where to look instead of beside the running program and in `dist` of the source tree. */
  places?: string[];
  /** Bytes of the package that is fetched, where one has to be. */
  progress?: Progress;
}

/**
 * The claude-ops for a host: the named one, else the running program itself where it fits, else
 * `claude-ops-linux-<arch>[-musl]` beside it, else the one of the same release in the npm registry; from source, what
 * `scripts/build` has made.
 * @throws {Failure} `no-binary`; `no-libc`, `old-glibc` for a host that cannot run it
 */
export async function binaryFor(facts: Needs, options: BinaryOptions = {}): Promise<Binary> {
  const name = `claude-ops-linux-${facts.arch}${facts.libc === "musl" ? "-musl" : ""}`;
  if (options.file !== undefined) {
    if (!await fits(options.file, facts)) throw unfit(options.file, facts);
    return await describe(options.file);
  }
  if (facts.libc === "unknown") throw noLibc();
  for (const path of candidates(name, options.places)) {
    if (await fits(path, facts).catch(isUnreadable)) return await describe(path);
  }
  if (released && options.places === undefined) {
    const { fetchProgram } = await import("./fetch_program.ts");
    const path = await fetchProgram(name, options);
    if (await fits(path, facts)) return await describe(path);
  }
  throw new Failure(`there is no claude-ops for ${facts.arch} with ${facts.libc} here`, {
    hint: `scripts/build --all makes ${name}; put it beside claude-ops, or give --binary FILE`,
    code: "no-binary",
  });
}

function candidates(name: string, places?: string[]): string[] {
  if (places !== undefined) return places.flatMap((place) => [join(place, "claude-ops"), join(place, name)]);
  // The running program first: what lies beside it may be of another build.
  if (compiled) return [process.execPath, join(dirname(process.execPath), name)];
  const dist = join(import.meta.dirname!, "../../dist");
  return [join(dist, "claude-ops"), join(dist, name)];
}

/** @throws {Failure} for a file that cannot be read, and for one that only the host's glibc is too old for */
async function fits(path: string, facts: Needs): Promise<boolean> {
  const platform = await platformOf(path).catch((error) => {
    throw new Failure(`cannot read ${path}`, {
      hint: String(errno(error) ?? error),
      code: "no-binary",
      cause: error,
    });
  });
  if (platform?.arch !== facts.arch) return false;
  if (platform.libc === "static") return true;
  if (platform.libc !== facts.libc) return false;
  const [needed, there] = [platform.glibc, facts.glibcVersion];
  if (needed && there && compareVersions(there, needed) < 0) throw oldGlibc(needed, there);
  return true;
}

function isUnreadable(error: unknown): false {
  if (error instanceof Failure && error.code === "no-binary") return false;
  throw error;
}

function oldGlibc(needed: string, there: string): Failure {
  return new Failure(`claude-ops needs glibc ${needed} or newer, and the host has ${there}`, {
    hint: "nothing was sent; Debian 8, Ubuntu 14.04, RHEL 7 and all that came later are new enough",
    code: "old-glibc",
  });
}

function noLibc(): Failure {
  return new Failure("the host has neither glibc nor musl, which claude-ops and Claude Code need", {
    hint: "nothing was sent; install the C library of the host's distribution",
    code: "no-libc",
  });
}

function unfit(path: string, { arch, libc }: Needs): Failure {
  return new Failure(
    `${path} is not a program for Linux on ${arch}${libc === "unknown" ? "" : ` with ${libc}`}`,
    {
      hint: libc === "unknown"
        ? "the host has neither glibc nor musl; nothing was sent"
        : "leave --binary out to have the right one chosen",
      code: "no-binary",
    },
  );
}

const described = new Map<string, Promise<Binary>>();

/** Hashed once for all hosts of a run. */
function describe(path: string): Promise<Binary> {
  let found = described.get(path);
  if (found === undefined) described.set(path, found = describeFile(path));
  return found;
}

/** SHA-256 and size of a file, streamed. */
export async function describeFile(path: string): Promise<Binary> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return { path, sha256: hash.digest("hex"), size: (await stat(path)).size };
}
