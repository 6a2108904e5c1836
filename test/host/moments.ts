import type { Host } from "./lab.ts";
import type { Operator } from "./ops.ts";

/** Where the program is put on a host. */
export const PROGRAM = "/usr/local/bin/claude-ops";

/** A moment of an install over SSH. */
export interface Moment {
  name: string;
  /** The program is not on the host yet. */
  sends: boolean;
  /** The version of Claude Code that is to be there; none unless given. */
  claude?: string;
  /** Sees to it that `come` is called when it has come. */
  watch(operator: Operator, host: Host, come: () => void): Watch | Promise<Watch>;
}

export interface Watch {
  /** Another name by which the host has to be reached. */
  name?: string;
  onLine?: (line: string) => void;
  /** What was held up goes on. */
  proceed?: () => void;
  close?: () => void;
}

/** At a step, as its operator sees it begin. */
export function atStep(id: string): Moment {
  return { name: id, sends: false, watch: (_operator, _host, come) => atLine(`"id":"${id}"`, come) };
}

const atLine = (part: string, come: () => void): Watch => ({
  onLine: (line) => line.includes(part) && come(),
});

const CLAUDE = { sends: false, claude: "2.1.329" };

/** The one step that takes long. */
export const FETCH: Moment[] = [
  {
    ...CLAUDE,
    name: "before Claude Code is fetched",
    watch: (_operator, _host, come) => atLine('"id":"claude-code"', come),
  },
  {
    ...CLAUDE,
    name: "in the middle of Claude Code",
    watch: (_operator, host, come) =>
      onHost(host, "find /opt/claude-code/versions -type f -size +9M 2>/dev/null | grep -q .", come),
  },
];

/** Once this is true there. */
function onHost(host: Host, condition: string, come: () => void): Watch {
  const wait = `until ${condition}; do sleep .01; done`;
  host.sh(wait, { timeout: 300_000 }).then(come, () => {});
  return {};
}

/** The phases of an upload. */
export const UPLOAD: Moment[] = [
  {
    name: "before the first byte is sent",
    sends: true,
    watch: (_operator, _host, come) => atLine('"id":"program"', come),
  },
  {
    name: "in the middle of what is sent",
    sends: true,
    async watch(operator, host, come) {
      const { name, way } = await operator.narrowWay(host, 4 << 20);
      way.full.then(come);
      return { name, proceed: () => way.widen(), close: () => way.close() };
    },
  },
  {
    name: "while what was sent is unpacked",
    sends: true,
    watch: (_operator, host, come) => onHost(host, `test -e ${PROGRAM}.new.*.partial`, come),
  },
];
