/** Saves memories and says each number on stdout once it is saved. Arguments: DIRECTORY WORKER COUNT */
import { writeSync } from "node:fs";
import { save } from "../../src/memory/save.ts";
import { Database } from "../../src/store/database.ts";

const [directory, worker, count] = process.argv.slice(2) as [string, string, string];
const database = new Database(directory);
for (let i = 0; i < Number(count); i++) {
  const session = `0000000${worker}`.slice(-8) + "-0000-4000-8000-000000000000";
  const origin = {
    project: "/shop",
    branch: `b${i % 5}`,
    session,
    sessionName: `w${worker}`,
    author: "worker",
    source: "cli",
  };
  const text = `Worker ${worker} learned about item${worker}x${i}: the cache of module ${
    i % 50
  } is filled before the first request`;
  const { memory } = save(database, origin, { text, tags: [`w${worker}`] });
  writeSync(1, `${memory.id} item${worker}x${i}\n`);
}
