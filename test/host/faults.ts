import { setTimeout } from "node:timers/promises";
import type { Host } from "./lab.ts";

/** A run on a host at some moment of it, the host stopped by its freezer. */
export interface Scene {
  host: Host;
  thaw(): void;
  /** Ends the operator's program by SIGKILL, until it is gone. */
  killOperator(): Promise<void>;
}

export interface Fault {
  strike(scene: Scene): Promise<void>;
  mend?(scene: Scene): Promise<void>;
  /** By what programs know each failure that comes of it. */
  code?: string;
}

/** No real host is back sooner (ms); whose a temporary file is, is told from times. */
const BOOT = 2500;

/** What can befall an operator and a host. */
export const FAULTS: Record<string, Fault> = {
  "the connection is cut": {
    strike: ({ host, thaw }) => host.cut().then(thaw),
    mend: ({ host }) => host.heal(),
    code: "connection-lost",
  },
  "the host freezes": {
    strike: () => Promise.resolve(),
    mend: ({ thaw }) => Promise.resolve(thaw()),
    code: "connection-lost",
  },
  "the host loses power": {
    strike: ({ host }) => host.kill(),
    mend: ({ host }) => host.boot(),
    code: "connection-lost",
  },
  "the host is rebooted": {
    strike: ({ host, thaw }) => (thaw(), host.reboot()),
  },
  "the disk fills up": {
    strike: ({ host, thaw }) => host.fill().then(thaw),
    mend: ({ host }) => host.unfill(),
    code: "disk-full",
  },
  "the disk fails": {
    strike: ({ host, thaw }) => host.break().then(thaw),
    mend: ({ host }) => host.kill().then(() => setTimeout(BOOT)).then(host.boot),
    code: "read-only",
  },
  "the operator is killed": { strike: ({ killOperator, thaw }) => killOperator().then(thaw) },
};
