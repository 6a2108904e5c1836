/** `skills/working-together/SKILL.md` */
export const skill = `---
name: working-together
description: How to work beside other Claude Code sessions on this host. Use when an edit was stopped because another session holds the file, when the start of the session named others, before taking up an issue or a task that others could take, before work that must not run twice (releases, migrations, ports), or when work is handed over or picked up.
---

# Working beside other sessions

Other Claude Code sessions may work on the same project. The server \`ops\` tells you about them and lets you agree with
them. What a session holds is free the moment its process ends, so nothing has to be kept alive.

| when | do |
| --- | --- |
| you take up an issue, a task, a part of the code | \`claim\` it by a plain name (\`issue:15\`); if it is taken, take another one |
| something must not run twice at once | \`acquire_lock\`, do it, \`release_lock\` |
| there is a list of tasks to share | \`push_task\`, \`claim_task\`, \`complete_task\` |
| others should know how far you are | \`set_progress\` |
| you need a value that others change too | \`get_state\`, then \`set_state\` with the version you read |
| you stop before it is done | \`hand_over\`; look for \`list_handoffs\` when you begin |

## When an edit is stopped

The sentence names the session that edits the file, and since when. In this order:

1. Do another part of your work first; the file is free once that session commits or ends.
2. If you need that very file, ask the person. Say which session has it.
3. For longer work beside each other, use a worktree of your own (\`git worktree add\`): its files are other files.

Never go around it: no \`sed -i\`, no redirections, no copies that are moved over the file. The other session's next edit
would fail or undo yours.

## When you are told that somebody edited your file

Read the file again before you change it. Do not restore your own version.
`;
