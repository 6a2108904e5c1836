/** `/ops:claims` */
export const claims = `---
description: Show who works here, and what sessions have claimed, locked and are editing
allowed-tools: mcp__plugin_ops_ops__who_is_here, mcp__plugin_ops_ops__list_claims, mcp__plugin_ops_ops__list_locks, mcp__plugin_ops_ops__list_held_files
---

Show what is taken at the moment: call \`who_is_here\`, \`list_claims\`, \`list_locks\` and \`list_held_files\` of the
server \`ops\`. Answer with one short table: what, who has it, since when, on which branch. Say which of it is this
session's own, and what of that could be let go.

$ARGUMENTS
`;

/** `/ops:handoff` */
export const handoff = `---
description: Hand this session's work over, so that another session can go on with it
argument-hint: [what is handed over, or to whom]
allowed-tools: mcp__plugin_ops_ops__hand_over, mcp__plugin_ops_ops__list_held_files, mcp__plugin_ops_ops__list_claims, Bash(git status:*), Bash(git branch:*)
---

Hand over what this session is working on, or what of it is named here:

$ARGUMENTS

1. Find out what there is: \`git status\`, the branch, \`list_held_files\`, \`list_claims\`.
2. Write it down with \`hand_over\` of the server \`ops\`: a subject by which it is found (an issue's name where there is
   one), what is done, the files, the branch, and the next steps in the order in which they are to be done. Whoever
   picks it up sees nothing of this conversation, so say what they need to know.
3. Say in one line under which subject it waits.
`;

/** `/ops:end` */
export const end = `---
description: End this session's work in good order - save, hand over, let go of everything
allowed-tools: mcp__plugin_ops_ops__acquire_lock, mcp__plugin_ops_ops__release_lock, mcp__plugin_ops_ops__hand_over, mcp__plugin_ops_ops__release_all, mcp__plugin_ops_ops__log_event, mcp__plugin_ops_ops__list_held_files, Bash(git status:*)
---

End the work of this session in good order.

$ARGUMENTS

1. Take the lock \`end\` with \`acquire_lock\` (server \`ops\`, timeout 30): two sessions that end at once would commit
   into each other's work. When another session has it for longer, say who, and stop here.
2. Look at \`git status\` and \`list_held_files\`. Commit what is finished only if the person has asked for commits;
   otherwise leave the files as they are and name them.
3. Hand over what is not finished with \`hand_over\`.
4. \`log_event\` with type \`session_ended\` and one sentence of what was done.
5. \`release_all\`: claims, locks and files, the lock \`end\` with them.
6. Say in a few lines what is done, what is handed over, and what was left uncommitted.
`;
