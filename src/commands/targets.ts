/** What every command that works on hosts takes. */
export const targets = {
  name: "TARGET",
  summary: "[USER@]HOST[:PORT], @FILE[:GROUP] of hosts, or @failed; this machine when left out",
  optional: true,
  variadic: true,
} as const;

export const connectionOptions = {
  "accept-new": { type: "boolean", summary: "Accept the key of a host that is not known yet" },
  "ssh-config": { type: "string", value: "FILE", summary: "Use this file instead of ~/.ssh/config" },
  jobs: { type: "integer", value: "N", summary: "How many hosts at once", min: 1, max: 100, default: 8 },
} as const;
