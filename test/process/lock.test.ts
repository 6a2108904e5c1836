import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { exclusively, holderOf } from "../../src/runtime/lock.ts";
import { identityOf } from "../../src/runtime/process.ts";
import { selfCommand } from "../../src/runtime/self.ts";
import { ended, until } from "../unit/session_host.ts";
import { scratch } from "../unit/scratch.ts";

const worker = fileURLToPath(new URL("./lock_worker.ts", import.meta.url));

function work(...words: string[]): ChildProcess {
  const [program, ...args] = selfCommand().slice(0, -1);
  const child = spawn(program!, [...args, worker, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) process.kill(child.pid!, "SIGKILL");
  });
  return child;
}

function place(): { lock: string; file: string } {
  const directory = scratch();
  return { lock: join(directory, "lock"), file: join(directory, "number") };
}

test("of many processes one works at a time", async () => {
  const { lock, file } = place();
  writeFileSync(file, "0");
  const all = await Promise.all(Array.from({ length: 6 }, () => ended(work(lock, file, "50"))));
  expect(all.map(({ status, stderr }) => ({ status, stderr }))).toEqual(
    all.map(() => ({ status: 0, stderr: "" })),
  );
  expect(readFileSync(file, "utf8")).toBe("300");
  expect(readdirSync(lock)).toHaveLength(1);
}, 30_000);

test("who is killed while holding it holds nobody up, and nothing is lost", async () => {
  const { lock, file } = place();
  writeFileSync(file, "0");
  for (let round = 0; round < 3; round++) {
    const holder = work(lock, `${file}.${round}`, "hold");
    await until(() => existsSync(`${file}.${round}`), "a held lock");
    const others = Array.from({ length: 3 }, () => ended(work(lock, file, "10")));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(readFileSync(file, "utf8")).toBe(String(round * 30));
    process.kill(holder.pid!, "SIGKILL");
    expect(await Promise.all(others)).toMatchObject([{ status: 0 }, { status: 0 }, { status: 0 }]);
  }
  expect(readFileSync(file, "utf8")).toBe("90");
}, 30_000);

test("who waits for too long is told for whom", async () => {
  const { lock, file } = place();
  const holder = work(lock, file, "hold");
  await until(() => existsSync(file), "a held lock");
  let message = "";
  try {
    exclusively(lock, 50, () => {});
  } catch (error) {
    message = (error as Error).message;
    expect(error).toMatchObject({ exit: 75, code: "locked" });
  }
  expect(message).toContain(`process ${holder.pid} `);
  expect(message).toContain(lock);
});

test("an owner of an earlier boot, with a reused pid or with no sense in it holds nobody up", () => {
  const mine = identityOf(process.pid)!;
  const owners = [
    { ...mine, bootId: "another boot" },
    { ...mine, startTime: mine.startTime - 1 },
  ].map((owner) => JSON.stringify(owner));
  for (const owner of [...owners, "free", "{", ""].filter(Boolean)) {
    const { lock } = place();
    mkdirSync(lock);
    symlinkSync(owner, join(lock, "41"));
    symlinkSync("{}", join(lock, "7"));
    expect(exclusively(lock, 0, () => readdirSync(lock))).toEqual(["42"]);
    expect(readdirSync(lock)).toEqual(["42.free"]);
  }
});

test("who looked before others had their turn gets none that has passed", () => {
  const { lock } = place();
  exclusively(lock, 0, () => {});
  exclusively(lock, 0, () => {});
  expect(readdirSync(lock)).toEqual(["2.free"]);
  // As if somebody had just made the link of a turn that was over when he made it.
  symlinkSync(JSON.stringify(identityOf(process.pid)), join(lock, "2"));
  expect(holderOf(lock)).toBeUndefined();
  expect(exclusively(lock, 0, () => readdirSync(lock))).toEqual(["3"]);
});

test("it is given back when the work fails, and the failure is the work's", () => {
  const { lock } = place();
  expect(() =>
    exclusively(lock, 0, () => {
      throw new Error("mine");
    })
  ).toThrow("mine");
  expect(exclusively(lock, 0, () => JSON.parse(readlinkSync(join(lock, "2"))).pid)).toBe(process.pid);
});
