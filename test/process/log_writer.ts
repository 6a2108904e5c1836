/** Run by log_rotation.test.ts: writes numbered lines into a log whose parts are tiny, telling of each that is written. */
import { writeSync } from "node:fs";
import { appendEvent } from "../../src/updates/update_log.ts";

const [file, name, count, keep] = process.argv.slice(2) as [string, string, string, string];
const limits = { size: 4096, age: 86_400_000, keep: Number(keep) };
for (let number = 0; number < Number(count); number++) {
  appendEvent(file, "written", { id: `${name}-${number}` }, new Date(), limits);
  writeSync(1, `${name}-${number}\n`);
}
