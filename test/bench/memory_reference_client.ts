/** Saves through an MCP reference memory server of its own. Arguments: SERVER FILE WORKER COUNT */
import { spawn } from "node:child_process";
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";

const [server, file, worker, count] = process.argv.slice(2) as [string, string, string, string];
const child = spawn(process.execPath, [server], {
  env: { ...process.env, MEMORY_FILE_PATH: file },
  stdio: ["pipe", "pipe", "ignore"],
});
const answers = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
let id = 0;

async function call(
  method: string,
  params: object,
): Promise<{ error?: unknown; result?: { isError?: boolean } }> {
  child.stdin!.write(JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params }) + "\n");
  for (;;) {
    const { value, done } = await answers.next();
    if (done) process.exit(1);
    const answer = JSON.parse(value);
    if (answer.id === id) return answer;
  }
}

await call("initialize", {
  protocolVersion: "2025-06-18",
  capabilities: {},
  clientInfo: { name: "bench", version: "1" },
});
child.stdin!.write(JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }) + "\n");
for (let i = 0; i < Number(count); i++) {
  const name = `item${worker}x${i}`;
  const observations = [
    `Worker ${worker} learned: the cache of module ${i % 50} is filled before the first request`,
  ];
  const { error, result } = await call("tools/call", {
    name: "create_entities",
    arguments: { entities: [{ name, entityType: "fact", observations }] },
  });
  if (error === undefined && !result?.isError) writeSync(1, `${name}\n`);
}
child.kill();
