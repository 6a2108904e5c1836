import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { configOf } from "../../src/config/schema.ts";
import { examine } from "../../src/memory/health.ts";
import { countWaiting, useOutbox } from "../../src/memory/outbox.ts";
import { save } from "../../src/memory/save.ts";
import { search } from "../../src/memory/search.ts";
import { Database } from "../../src/store/database.ts";
import { scratch } from "../unit/scratch.ts";

const full = process.env.CLAUDE_OPS_TEST_FULL === "1";
const worker = (name: string, ...words: string[]) =>
  spawn(process.execPath, [
    ...("Deno" in globalThis ? ["run", "-A"] : []),
    new URL(name, import.meta.url).pathname,
    ...words,
  ], {
    stdio: ["ignore", "pipe", "pipe"],
  });

test(
  "sixteen processes save at once and some are killed: what was said to be saved is found, and none saw a lock",
  async () => {
    const directory = scratch();
    const saves = full ? 500 : 30;
    const runs = await Promise.all(Array.from({ length: 16 }, async (_, i) => {
      // A quarter is killed in the middle of its work, each at another point.
      const last = i % 4 === 0 ? saves * Math.random() : Infinity;
      const child = worker("memory_worker.ts", directory, String(i), last < Infinity ? "1e9" : String(saves));
      let [said, complained] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text) => {
        said += text;
        if (said.split("\n").length > last) child.kill("SIGKILL");
      });
      child.stderr.setEncoding("utf8").on("data", (text) => complained += text);
      const [code, signal] = await once(child, "close");
      // The last line may be cut.
      const acknowledged = said.split("\n").slice(0, -1).map((line) => line.split(" ") as [string, string]);
      return { killed: signal === "SIGKILL", code, complained, acknowledged };
    }));
    expect(runs.map(({ complained }) => complained).join("")).toBe("");
    expect(runs.filter(({ killed }) => killed).length).toBe(4);
    expect(runs.filter(({ killed, code }) => !killed && code !== 0)).toEqual([]);
    const acknowledged = runs.flatMap((run) => run.acknowledged);
    expect(acknowledged.length).toBeGreaterThanOrEqual(12 * saves);
    const database = new Database(directory);
    const view = { project: "/shop", branch: "b0" };
    for (const [id, word] of acknowledged) {
      const { hits } = await search(database, word, { view, limit: 2 });
      expect(hits.map((hit) => String(hit.id)), word).toEqual([id]);
    }
    expect(examine(database, configOf(new Map()), {}).filter(({ status }) => status === "failed")).toEqual(
      [],
    );
  },
  full ? 600_000 : 60_000,
);

test("a sender that is killed again and again loses no message, and sends each project's in order", async () => {
  const directory = scratch();
  const database = new Database(directory);
  useOutbox(database);
  database.write(() => {
    for (let i = 0; i < 40; i++) {
      const origin = {
        project: `/p${i % 2}`,
        branch: null,
        session: null,
        sessionName: null,
        author: "a",
        source: "cli",
      };
      save(database, origin, { text: `message ${i}` });
    }
  });
  const got: { project: string; number: number }[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const { memory } = JSON.parse(text);
    got.push({ project: memory.project, number: Number(memory.text.split(" ")[1]) });
    await setTimeout(2);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void (server.closeAllConnections(), server.close()));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (let round = 0; countWaiting(database) > 0; round++) {
    expect(round).toBeLessThan(60);
    const before = got.length;
    const child = worker("memory_sender.ts", directory, url);
    const closed = once(child, "close");
    // In the middle of sending: some messages further, or when it is done.
    while (round < 5 && got.length < before + 4 && child.exitCode === null) await setTimeout(1);
    if (round < 5) child.kill("SIGKILL");
    await closed;
  }
  for (const project of ["/p0", "/p1"]) {
    const numbers = got.filter((each) => each.project === project).map(({ number }) => number);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(new Set(numbers).size).toBe(20);
  }
});
