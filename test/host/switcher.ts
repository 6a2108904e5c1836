import { createInterface } from "node:readline";
import { removeOld } from "../../src/updates/prune.ts";
import { switchWhenIdle } from "../../src/updates/switch.ts";
import { Versions } from "../../src/updates/versions.ts";

/**
 * A process of its own for the tests, which is ready before it is told: for each version on stdin it switches ROOT to
 * that one while nobody is there, removes what nobody runs, and prints a line.
 */
const versions = new Versions(process.argv.at(-1)!);
const crowd = { live: [], elsewhere: [], uid: process.getuid!() };
for await (const version of createInterface({ input: process.stdin })) {
  await switchWhenIdle(versions, version, crowd);
  await removeOld(versions, crowd);
  console.log(version);
}
