/** Run by schedule_run.test.ts: keeps time with a job every second that takes longer than that. */
import { keepTime } from "../../src/schedule/keeper.ts";
import { JOBS } from "../../src/schedule/jobs.ts";

const [directory, script] = process.argv.slice(2) as [string, string];
const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
const seat = {
  job: { ...JOBS[0]!, cron: "* * * * * *" },
  lastStart: () => Promise.resolve(undefined),
  command: ["sh", "-c", script],
  spawn: { env: process.env },
};
await keepTime({ directory, seats: () => [seat] }, stop.signal, (told) => console.log(JSON.stringify(told)));
