import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { selfCommand } from "../../src/runtime/self.ts";
import { scratch } from "../unit/scratch.ts";
import { until } from "../unit/session_host.ts";
import { BINARY } from "./ops.ts";

function start(program: string, args: string[], env: Record<string, string>) {
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH!, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const seen = { text: "" };
  child.stdout.on("data", (data) => seen.text += data);
  child.stderr.on("data", (data) => seen.text += data);
  const closed = new Promise<unknown>((resolve) =>
    child.once("close", (code, signal) => resolve(signal ?? code))
  );
  return { child, seen, closed };
}

const away = { npm_config_registry: "http://127.0.0.1:9/" };
const childOf = (pid: number) =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ")[0]);

test("as the entry point of a container it does what is due, takes in orphans, and SIGTERM ends it with status 0", async () => {
  const home = scratch();
  const words = ["--fork", "--pid", "--mount-proc", "--kill-child", BINARY, "schedule", "run"];
  const { child, seen, closed } = start("unshare", words, { HOME: home, ...away });
  await until(() => /cleanup: done in [\d.]+ s, next at 20/.test(seen.text), "cleanup is done");
  await until(() => /update: failed after .*cannot be reached/.test(seen.text), "update has failed");
  const first = childOf(child.pid!);
  const inside = (script: string) =>
    execFileSync("nsenter", ["--target", `${first}`, "--pid", "--mount", "sh", "-c", script], {
      encoding: "utf8",
    });
  expect(inside("cat /proc/1/comm")).toBe("sh\n");
  inside("for i in 1 2 3 4 5; do (setsid sleep 0.1 &) ; done");
  await setTimeout(600);
  expect(inside("ps -eo stat= | grep -c ^Z || true").trim()).toBe("0");
  const asked = execFileSync(BINARY, ["schedule", "--json"], { env: { HOME: home }, encoding: "utf8" });
  expect(JSON.parse(asked).jobs).toMatchObject([{ last: { result: "ok" } }, { last: { result: "failed" } }]);
  process.kill(first, "SIGTERM");
  expect(await closed).toBe(0);
  expect(seen.text).toMatch(/schedule: ending\n$/);
  expect(existsSync(`${home}/.claude/ops/jobs/keeper.json`)).toBe(false);
});

test("started again it makes up only for what it missed, and nobody keeps time beside it", async () => {
  const home = scratch();
  const begun = async () => {
    const run = start(BINARY, ["schedule", "run", "--json"], { HOME: home, ...away });
    await until(() => run.seen.text.includes("keeping"), "it keeps time");
    return run;
  };
  const one = await begun();
  await until(
    () => /"ok".*cleanup|"event":"ok"/.test(one.seen.text) && one.seen.text.includes('"failed"'),
    "both ran",
  );
  const beside = start(BINARY, ["schedule", "run"], { HOME: home });
  expect(await beside.closed).toBe(75);
  expect(beside.seen.text).toContain(`by process ${one.child.pid}`);
  one.child.kill("SIGINT");
  expect(await one.closed).toBe(0);
  const two = await begun();
  await setTimeout(500);
  expect(two.seen.text.trim().split("\n")).toHaveLength(1);
  // Killed, it holds nothing up.
  two.child.kill("SIGKILL");
  await two.closed;
  const three = await begun();
  three.child.kill("SIGTERM");
  expect(await three.closed).toBe(0);
});

function keep(
  script: string,
): ReturnType<typeof start> & { directory: string; told: () => { event: string }[] } {
  const directory = scratch();
  const [program, ...args] = selfCommand().slice(0, -1);
  const worker = fileURLToPath(new URL("./keeper_worker.ts", import.meta.url));
  const run = start(program!, [...args, worker, directory, script], {
    HOME: process.env.HOME!,
    OUT: directory,
  });
  const told = () => run.seen.text.trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return { ...run, directory, told };
}

const gone = async (child: ChildProcess) => {
  await until(() => child.exitCode !== null || child.signalCode !== null, "its end");
};

test("a job that takes longer than its period never overlaps itself, and after a sleep one run makes up for all", async () => {
  const { child, told, directory } = keep(
    'mkdir "$OUT/alone" || touch "$OUT/overlap"; sleep 1.5; rmdir "$OUT/alone"',
  );
  const count = (event: string) => told().filter((each) => each.event === event).length;
  await until(() => count("ok") >= 1, "a run");
  process.kill(child.pid!, "SIGSTOP");
  await setTimeout(4_000);
  const before = count("started");
  process.kill(child.pid!, "SIGCONT");
  await setTimeout(600);
  expect(count("started") - before).toBe(1);
  await until(() => count("ok") >= 2, "the run that was missed");
  expect(readdirSync(directory)).not.toContain("overlap");
  process.kill(child.pid!, "SIGTERM");
  await gone(child);
  expect(told().at(-1)).toMatchObject({ event: expect.stringMatching(/stopping|ok|failed/) });
});

test("what runs when it is told to end is told so too, with its own children, and waited for", async () => {
  const { child, told, directory } = keep(
    'trap "touch $OUT/told; exit 0" TERM; sleep 60 & echo $! >"$OUT/pid"; wait',
  );
  await until(
    () => existsSync(`${directory}/pid`) && readFileSync(`${directory}/pid`, "utf8") !== "",
    "it runs",
  );
  process.kill(child.pid!, "SIGTERM");
  await gone(child);
  expect(child.exitCode).toBe(0);
  expect(existsSync(`${directory}/told`)).toBe(true);
  const grandchild = readFileSync(`${directory}/pid`, "utf8").trim();
  await until(() => !existsSync(`/proc/${grandchild}`), "its own child is gone");
  expect(told().map(({ event }) => event)).toEqual(["keeping", "started", "stopping", "ok"]);
});
