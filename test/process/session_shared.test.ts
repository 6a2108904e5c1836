import { spawn, spawnSync } from "node:child_process";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { decisionsOf } from "../../src/claude/decisions.ts";
import { selfCommand } from "../../src/runtime/self.ts";
import { addShared } from "../../src/sessions/add_shared.ts";
import { type Layout, layoutOf } from "../../src/sessions/paths.ts";
import { remember, remembered } from "../../src/sessions/trust.ts";
import { scratch } from "../unit/scratch.ts";

const worker = fileURLToPath(new URL("./share_worker.ts", import.meta.url));

function place(): Layout {
  const layout = layoutOf({ HOME: scratch() });
  mkdirSync(layout.ops, { recursive: true });
  return layout;
}

const server = (name: string, command = name) => decisionsOf({ mcpServers: { [name]: { command } } });
const nothing = new Set<string>();
const read = (layout: Layout) => JSON.parse(readFileSync(layout.decisions, "utf8"));

test(
  "of sixteen processes that share at once, killed at random, no acknowledged key is ever lost",
  async () => {
    const layout = place();
    const [program, ...args] = selfCommand().slice(0, -1);
    const acknowledged: string[] = [];
    const started = Array.from({ length: 16 }, (_, i) => {
      const words = [...args, worker, layout.home, `w${i}`, i % 4 === 0 ? "10" : "100000"];
      const child = spawn(program!, words, { stdio: ["ignore", "pipe", "pipe"] });
      onTestFinished(() => {
        if (child.exitCode === null && child.signalCode === null) process.kill(child.pid!, "SIGKILL");
      });
      let [said, complaints] = ["", ""];
      child.stdout.on("data", (data) => said += data);
      child.stderr.on("data", (data) => complaints += data);
      const end = new Promise<string>((resolve) =>
        child.on("close", (_, signal) => {
          acknowledged.push(...said.split("\n").slice(0, -1));
          resolve(complaints || (signal ?? "ended"));
        })
      );
      return { child, end, endless: i % 4 !== 0 };
    });
    let looks = 0;
    for (const { child, endless } of started) {
      if (!endless) continue;
      for (const until = performance.now() + 50 + Math.random() * 250; performance.now() < until; looks++) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        // Whoever looks at any moment sees a whole file.
        if (existsSync(layout.decisions)) read(layout);
      }
      process.kill(child.pid!, "SIGKILL");
    }
    const ends = await Promise.all(started.map(({ end }) => end));
    expect(ends.filter((end) => end === "ended")).toHaveLength(4);
    expect(ends.filter((end) => end === "SIGKILL")).toHaveLength(12);
    const there = new Set(Object.keys(read(layout).mcpServers));
    expect(acknowledged.filter((key) => !there.has(key))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(40);
    expect(looks).toBeGreaterThan(50);
    // The dead hold nobody up, and what they left half-written goes with the next one.
    const begin = performance.now();
    expect(addShared(layout, server("last"), nothing)).toMatchObject({ added: [{ key: "mcp:last" }] });
    expect(performance.now() - begin).toBeLessThan(1000);
    expect(readdirSync(layout.ops).toSorted()).toEqual(["shared.json", "sharing"]);
  },
  60_000,
);

test("what is not known in the file, and what others shared, survives untouched", () => {
  const layout = place();
  const before = {
    format: 1,
    later: { deep: [1, null, { x: "ü" }] },
    mcpServers: { other: { command: "o", future: true } },
    projects: { "/p": { unknown: 7 } },
    copyOnSelect: false,
  };
  writeFileSync(layout.decisions, JSON.stringify(before));
  addShared(layout, [
    ...server("mine"),
    ...decisionsOf({ projects: { "/p": { mcpServers: { local: { command: "l" } } } } }),
  ], nothing);
  expect(read(layout)).toEqual({
    ...before,
    mcpServers: { ...before.mcpServers, mine: { command: "mine" } },
    projects: { "/p": { unknown: 7, mcpServers: { local: { command: "l" } } } },
  });
  expect(statSync(layout.decisions).mode & 0o777).toBe(0o600);
});

test("another definition under the same name stays until it is to be replaced", () => {
  const layout = place();
  addShared(layout, server("a", "first"), nothing);
  expect(addShared(layout, server("a", "first"), nothing)).toMatchObject({
    same: [{ key: "mcp:a" }],
    added: [],
  });
  expect(addShared(layout, server("a", "second"), nothing)).toMatchObject({ conflicts: [{ key: "mcp:a" }] });
  expect(read(layout).mcpServers.a.command).toBe("first");
  expect(addShared(layout, server("a", "second"), new Set(["mcp:a"]))).toMatchObject({
    replaced: [{ key: "mcp:a" }],
  });
  expect(read(layout).mcpServers.a.command).toBe("second");
});

test("something that is no object in a key's way is left there", () => {
  const layout = place();
  writeFileSync(layout.decisions, '{"format":1,"mcpServers":"mine"}');
  expect(addShared(layout, server("a"), nothing)).toMatchObject({ conflicts: [{ key: "mcp:a" }] });
  expect(read(layout)).toEqual({ format: 1, mcpServers: "mine" });
});

test.each([
  ["cut in half", '{"format":1,"mcpServers":{', "no complete JSON"],
  ["empty", "", "empty"],
  ["a list", "[1]", "no JSON object"],
  ["of a later format", '{"format":2}', "format 2 is not known"],
  ["huge", `{"format":1,"x":"${"x".repeat(9 << 20)}"}`, "too large"],
])("a shared file that is %s is refused with a clear word and never overwritten", (_, content, why) => {
  const layout = place();
  writeFileSync(layout.decisions, content);
  expect(() => addShared(layout, server("a"), nothing)).toThrow(why);
  expect(readFileSync(layout.decisions, "utf8")).toBe(content);
});

test("a link and a pipe are not taken for the shared file", () => {
  const layout = place();
  const real = join(layout.home, "real");
  writeFileSync(real, '{"format":1}');
  symlinkSync(real, layout.decisions);
  expect(() => addShared(layout, server("a"), nothing)).toThrow("a symbolic link");
  expect(readFileSync(real, "utf8")).toBe('{"format":1}');
  rmSync(layout.decisions);
  expect(spawnSync("mkfifo", [layout.decisions]).status).toBe(0);
  expect(() => addShared(layout, server("a"), nothing)).toThrow("not a regular file");
});

test.runIf(process.getuid!() === 0)("a shared file of another user is refused", () => {
  const layout = place();
  writeFileSync(layout.decisions, '{"format":1}');
  chownSync(layout.decisions, 12345, 12345);
  expect(() => addShared(layout, server("a"), nothing)).toThrow("belongs to user 12345");
});

test("trust that was kept is not lost behind a line that a full disk cut", () => {
  const layout = place();
  remember(layout, ["/a"]);
  writeFileSync(layout.trust, '"/cut', { flag: "a" });
  remember(layout, ["/b", "/a"]);
  expect(remembered(layout)).toEqual(["/a", "/b"]);
});
