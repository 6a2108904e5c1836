/** Options that several commands of working together have. */
export const pid = {
  type: "integer",
  value: "PID",
  min: 1,
  max: 4194304,
  summary: "The process it is for; else the session, or the calling shell",
} as const;

export const ttl = {
  type: "string",
  value: "TIME",
  summary: "End it after that time (90s, 10m), and not with a process",
} as const;

export const wait = {
  type: "string",
  value: "SECONDS",
  bare: true,
  summary: "Wait that long for it; without a number as long as it takes",
} as const;

export const force = { type: "boolean", summary: "Also when somebody else has it" } as const;
