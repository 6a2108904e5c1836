/** What narrows down, as options of several commands. */
export const filterOptions = {
  project: { type: "string", value: "PROJECT", summary: "Of this project: its directory or the end of it" },
  branch: { type: "string", value: "BRANCH", summary: "Saved on this branch" },
  session: { type: "string", value: "SESSION", summary: "Saved by this session" },
  tag: { type: "string", value: "TAG", multiple: true, summary: "With this tag; may be given several times" },
  since: { type: "string", value: "WHEN", summary: 'Saved from then on: "7d" ago, "2026-05-01"' },
  before: { type: "string", value: "WHEN", summary: "Saved before that" },
} as const;
