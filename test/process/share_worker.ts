/** Shares MCP servers `<name>-0`, `<name>-1`, … as fast as it can; says each one once it is shared. Words: HOME NAME COUNT. */
import { writeSync } from "node:fs";
import { decisionsOf } from "../../src/claude/decisions.ts";
import { addShared } from "../../src/sessions/add_shared.ts";
import { layoutOf } from "../../src/sessions/paths.ts";

const [home, name, count] = process.argv.slice(2) as [string, string, string];
const layout = layoutOf({ HOME: home });
for (let i = 0; i < Number(count); i++) {
  const server = `${name}-${i}`;
  const { added } = addShared(
    layout,
    decisionsOf({ mcpServers: { [server]: { command: server } } }),
    new Set(),
  );
  if (added.length === 1) writeSync(1, `${server}\n`);
}
