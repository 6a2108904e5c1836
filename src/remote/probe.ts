import { Failure } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { SHA256 } from "./shell_hash.ts";

/** What a host is, as far as installing needs to know it before our program is there. */
export interface HostFacts {
  hostname: string;
  arch: "x64" | "arm64";
  /** Whose loader is there: the one that a dynamically linked program of ours needs. */
  libc: "glibc" | "musl" | "unknown";
  /** As `2.36`; undefined where it cannot be told. */
  glibcVersion?: string;
  systemd: boolean;
  uid: number;
  sudo: boolean;
  gzip: boolean;
  zstd: boolean;
  /** Version of dpkg, where it is there. */
  dpkg?: string;
  sha256sum: boolean;
  useradd: boolean;
  /** Free space in KiB for the file system that each directory is on, or will be. */
  freeKib: { "/usr/local/bin": number; "/opt": number; "/tmp": number };
  memoryKib: number;
  /** What is left before something is ended: of the machine or of its container's limit, swap included. */
  freeMemoryKib: number;
  /** How many processes the kernel has ended for lack of memory since it was started (Linux 4.13). */
  outOfMemoryKills: number;
  /** The host's clock, seconds since 1970. */
  clock: number;
  /** The claude-ops that is there. */
  installed?: { path: string; sha256: string; size: number };
}

export const INSTALLED_PATH = "/usr/local/bin/claude-ops";

const BEGIN = "---8<--- claude-ops facts";
const END = "--->8--- claude-ops facts";

/** POSIX sh only (dash, bash, busybox); a function, so that nothing that it starts can eat the rest of the text. */
export const PROBE = `
probe() {
  LC_ALL=C PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  export LC_ALL PATH
  has() { if command -v "$2" >/dev/null 2>&1; then echo "$1=yes"; else echo "$1=no"; fi; }
  free() {
    place=$2
    while [ ! -d "$place" ]; do place=\${place%/*} place=\${place:-/}; done
    df -Pk "$place" | { read -r head; read -r device size used rest percent; echo "$1=$rest"; }
  }
  ${SHA256}
  echo '${BEGIN}'
  echo "kernel=$(uname -s)"
  echo "machine=$(uname -m)"
  echo "hostname=$(uname -n)"
  glibc=$(getconf GNU_LIBC_VERSION)
  for libc in /lib/*-linux-gnu/libc.so.6 /lib64/libc.so.6 /lib/libc.so.6; do
    [ -n "$glibc" ] || [ ! -e "$libc" ] || glibc=$("$libc")
  done
  echo "glibc=$glibc"
  for loader in /lib/ld-musl-*.so.1; do [ -e "$loader" ] && echo musl=yes; done
  for loader in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1; do [ -e "$loader" ] && echo loader=glibc; done
  [ -d /run/systemd/system ] && echo systemd=yes
  echo "uid=$(id -u)"
  dpkg-deb --version | { read -r words; words=\${words%" ("*}; echo "dpkg=\${words##* }"; }
  has sudo sudo; has gzip gzip; has zstd zstd; has sha256sum sha256sum; has useradd useradd
  free free.bin /usr/local/bin; free free.opt /opt; free free.tmp /tmp
  while read -r name value unit; do
    case $name in MemTotal: | MemAvailable: | SwapFree:) echo "\${name%:}=$value" ;; esac
  done </proc/meminfo
  while read -r name value; do [ "$name" = oom_kill ] && echo "oom_kill=$value"; done </proc/vmstat
  bounds() {
    [ -r "$1" ] && echo "limit=$(cat "$1")" && while read -r name value; do [ "$name" = "$3" ] && echo "taken=$value"; done <"$2"
  }
  bounds /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory.stat anon
  bounds /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory/memory.stat total_rss
  echo "clock=$(date +%s)"
  if [ -f ${INSTALLED_PATH} ]; then
    echo "size=$(wc -c <${INSTALLED_PATH})"
    sha256 <${INSTALLED_PATH} | { read -r sum rest; echo "sha256=$sum"; }
  fi
  echo '${END}'
}
probe 2>/dev/null </dev/null
exit 0
`;

/**
 * Asks a host for all of it in one round trip, whatever its login shell is and says.
 * @throws {Failure} `probe` for a host that gives no answer, `unsupported-host` for one that we have no program for
 */
export async function probe(connection: Connection): Promise<HostFacts> {
  const result = await connection.exec(["/bin/sh", "-s"], { stdin: PROBE, timeout: 60_000 });
  const facts = parseFacts(result.stdout, connection.target.text);
  if (facts !== undefined) return facts;
  const said = (result.stderr.trim() || result.stdout.trim()).split("\n")[0];
  throw new Failure(`${connection.target.text} does not run /bin/sh for us${said ? `: ${said}` : ""}`, {
    hint: "does the login shell of that user run commands (ssh HOST true)?",
    code: "probe",
  });
}

/** Reads what the probe has printed; undefined where it has not. Throws as `probe` does. */
export function parseFacts(output: string, host: string): HostFacts | undefined {
  const begin = output.lastIndexOf(`${BEGIN}\n`);
  const end = output.indexOf(END, begin);
  if (begin < 0 || end < 0) return undefined;
  const values = new Map<string, string>();
  for (const line of output.slice(begin, end).split("\n").slice(1)) {
    const [, name, value] = /^([\w.]+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined) values.set(name, value!.trim());
  }
  const number = (name: string) => Number(values.get(name) || 0);
  const yes = (name: string) => values.get(name) === "yes";
  // What getconf says, or the library of itself.
  const glibcVersion = /(?:^glibc|release version) (\d+(?:\.\d+)+)/.exec(values.get("glibc") ?? "")?.[1];
  const dpkg = values.get("dpkg");
  const sha256 = values.get("sha256");
  return {
    hostname: values.get("hostname") ?? "",
    arch: supported(host, values.get("kernel"), values.get("machine")),
    libc: libcOf(values.get("loader") === "glibc", yes("musl"), glibcVersion),
    ...(glibcVersion === undefined ? {} : { glibcVersion }),
    ...{ systemd: yes("systemd"), uid: number("uid"), sudo: yes("sudo") },
    ...{ gzip: yes("gzip"), zstd: yes("zstd"), sha256sum: yes("sha256sum"), useradd: yes("useradd") },
    ...(dpkg ? { dpkg } : {}),
    freeKib: { "/usr/local/bin": number("free.bin"), "/opt": number("free.opt"), "/tmp": number("free.tmp") },
    ...{ memoryKib: number("MemTotal"), freeMemoryKib: freeMemory(number), clock: number("clock") },
    outOfMemoryKills: number("oom_kill"),
    ...(sha256 ? { installed: { path: INSTALLED_PATH, sha256, size: number("size") } } : {}),
  };
}

/** Debian can have both, and then glibc is at home; Alpine can have glibc's loader without its library (gcompat). */
function libcOf(loader: boolean, musl: boolean, version: string | undefined): HostFacts["libc"] {
  if (loader && (version !== undefined || !musl)) return "glibc";
  return musl ? "musl" : "unknown";
}

/** A kernel that does not tell what is available has memory enough. */
function freeMemory(number: (name: string) => number): number {
  const ofMachine = number("MemAvailable") || Infinity;
  const ofContainer = number("limit") > 0 ? (number("limit") - number("taken")) / 1024 : Infinity;
  return Math.min(ofMachine, ofContainer) + number("SwapFree");
}

function supported(host: string, kernel = "an unknown system", machine = "unknown"): HostFacts["arch"] {
  const arch = { x86_64: "x64", aarch64: "arm64" }[machine] as HostFacts["arch"] | undefined;
  if (kernel === "Linux" && arch !== undefined) return arch;
  throw new Failure(
    kernel === "Linux" ? `${host} has a ${machine} processor` : `${host} runs ${kernel}, not Linux`,
    { hint: "claude-ops sets up Linux on x86_64 and aarch64", code: "unsupported-host" },
  );
}
