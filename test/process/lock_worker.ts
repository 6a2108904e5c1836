/** Run by lock.test.ts: adds one to a number in a file, again and again, each time alone; or holds the lock. */
import { readFileSync, writeFileSync } from "node:fs";
import { exclusively } from "../../src/runtime/lock.ts";

const [lock, file, rounds] = process.argv.slice(2) as [string, string, string];
for (let round = 0; round < Number(rounds); round++) {
  exclusively(lock, 30_000, () => writeFileSync(file, String(Number(readFileSync(file, "utf8")) + 1)));
}
if (rounds === "hold") {
  exclusively(lock, 30_000, () => {
    writeFileSync(file, "held");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
  });
}
