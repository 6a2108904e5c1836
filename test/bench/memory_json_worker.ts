/** Saves into one JSON file under a lock, as scripts do. Arguments: FILE WORKER COUNT */
import { readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { exclusively } from "../../src/runtime/lock.ts";

const [file, worker, count] = process.argv.slice(2) as [string, string, string];
for (let i = 0; i < Number(count); i++) {
  exclusively(`${file}.lock`, 60_000, () => {
    const all = read();
    all.push({
      text: `Worker ${worker} learned about item${worker}x${i}: the cache of module ${i % 50} is filled`,
      worker,
    });
    writeFileSync(`${file}.new`, JSON.stringify(all));
    renameSync(`${file}.new`, file);
  });
  writeSync(1, `item${worker}x${i}\n`);
}

function read(): unknown[] {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return [];
  }
}
