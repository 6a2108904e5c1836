import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Measure } from "../../src/runtime/measure_tree.ts";
import { Removals } from "../../src/runtime/removals.ts";
import { removeTree } from "../../src/runtime/remove_tree.ts";
import { scratch } from "./scratch.ts";

const source = resolve("src/runtime/remove_tree.ts");
const bun = resolve("node_modules/.bin/bun");

/** A tree to remove beside things that must not be touched. */
function place(): { path: string; tree: string; outside: string } {
  const path = scratch();
  const [tree, outside] = [join(path, "tree"), join(path, "outside")];
  for (const directory of [tree, outside]) mkdirSync(directory);
  writeFileSync(join(outside, "precious"), "x".repeat(8192));
  return { path, tree, outside };
}

test("links out of a tree go, and what they lead to stays", () => {
  const { path, tree, outside } = place();
  symlinkSync(outside, join(tree, "directory"));
  symlinkSync(join(outside, "precious"), join(tree, "file"));
  symlinkSync("../outside", join(tree, "relative"));
  symlinkSync("/", join(tree, "root"));
  symlinkSync("nowhere", join(tree, "nowhere"));
  expect(removeTree(path, "tree")).toMatchObject({ freed: expect.any(Number) });
  expect(readdirSync(path)).toEqual(["outside"]);
  expect(readFileSync(join(outside, "precious"), "utf8")).toHaveLength(8192);
  symlinkSync(outside, join(path, "link"));
  expect(removeTree(path, "link").left).toBeUndefined();
  expect(readdirSync(outside)).toEqual(["precious"]);
});

test("a file that has a name elsewhere keeps that, and what it takes is not called free; a dry look says the same", () => {
  const { path, tree, outside } = place();
  linkSync(join(outside, "precious"), join(tree, "second"));
  writeFileSync(join(tree, "twice"), "y".repeat(20_000));
  linkSync(join(tree, "twice"), join(tree, "again"));
  writeFileSync(join(tree, "holes"), "z");
  truncateSync(join(tree, "holes"), 2 ** 40);
  const disk = (name: string) => lstatSync(join(tree, name)).blocks * 512;
  const expected = disk("twice") + disk("holes") + lstatSync(tree).blocks * 512;
  expect(new Measure().of(path, "tree")).toBe(expected);
  expect(removeTree(path, "tree")).toEqual({ freed: expected });
  expect(lstatSync(join(outside, "precious")).nlink).toBe(1);
});

test("names of any bytes, sockets, pipes and directories hundreds deep go", async () => {
  const { path, tree } = place();
  // By the shell: a runtime may not be able to name them.
  const strange = `for name in 'new
line' "$(printf '\\377\\376 x')" -rf é; do mkdir "./$name" && : >"./$name/$name" || exit 1; done; mkfifo pipe`;
  expect(spawnSync("sh", ["-c", strange], { cwd: tree }).status).toBe(0);
  const server = createServer().listen(join(tree, "socket"));
  await new Promise((ready) => server.once("listening", ready));
  onTestFinished(() => void server.close());
  mkdirSync(join(tree, "a/".repeat(400)), { recursive: true });
  writeFileSync(join(tree, "a/".repeat(400), "end"), "");
  const before = openFiles();
  expect(removeTree(path, "tree").left).toBeUndefined();
  expect(existsSync(tree)).toBe(false);
  expect(openFiles()).toBe(before);
});

const openFiles = () => readdirSync("/proc/self/fd").length;

test("directories that their owner has closed against himself go too", () => {
  const { path, tree } = place();
  mkdirSync(join(tree, "closed/inside"), { recursive: true });
  writeFileSync(join(tree, "closed/inside/file"), "");
  mkdirSync(join(tree, "fixed"));
  writeFileSync(join(tree, "fixed/file"), "");
  chmodSync(join(tree, "fixed"), 0o500);
  chmodSync(join(tree, "closed"), 0);
  expect(asNobody(path, `removeTree(${JSON.stringify(path)}, "tree").left ?? "gone"`)).toBe("gone");
  expect(existsSync(tree)).toBe(false);
});

test.runIf(process.getuid!() === 0)("what belongs to somebody else stays and is named; the rest goes", () => {
  const { path, tree } = place();
  mkdirSync(join(tree, "a"));
  mkdirSync(join(tree, "theirs"));
  writeFileSync(join(tree, "theirs/file"), "");
  const said = asNobody(path, `removeTree(${JSON.stringify(path)}, "tree").left`, join(tree, "theirs"));
  expect(said).toContain('"file" may not be removed');
  expect(readdirSync(tree)).toEqual(["theirs"]);
});

/** Root may do anything, so it does this as nobody, to whom all but `except` is given. */
function asNobody(path: string, expression: string, except?: string): string {
  const root = process.getuid!() === 0;
  if (root) {
    execFileSync("chown", ["-R", "65534:65534", path]);
    if (except) execFileSync("chown", ["-R", "0:0", except]);
  }
  const program = `import { removeTree } from ${JSON.stringify(source)}; console.log(${expression});`;
  const ran = spawnSync(bun, ["-e", program], {
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin", HOME: path },
    ...(root ? { uid: 65534, gid: 65534 } : {}),
  });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return ran.stdout.trim();
}

test("what is mounted inside stays, also from the same disk, and is named", () => {
  const { path, tree, outside } = place();
  mkdirSync(join(tree, "a/mounted"), { recursive: true });
  writeFileSync(join(tree, "a/file"), "");
  const program = `import { removeTree } from ${JSON.stringify(source)}; console.log(removeTree(${
    JSON.stringify(path)
  }, "tree").left);`;
  // A user may mount where he is root: in name spaces of his own.
  const ran = spawnSync("unshare", [
    "--user",
    "--map-root-user",
    "--mount",
    "sh",
    "-c",
    'mount --bind "$1" "$2" && exec "$3" -e "$4"',
    "sh",
    outside,
    join(tree, "a/mounted"),
    bun,
    program,
  ], { encoding: "utf8", env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: path } });
  expect(ran.stderr).toBe("");
  expect(ran.stdout).toContain('something is mounted at "mounted"');
  expect(readdirSync(outside)).toEqual(["precious"]);
  expect(readdirSync(join(tree, "a"))).toEqual(["mounted"]);
});

test("a directory that is exchanged for a link all the time leads nowhere else", async () => {
  const { path, tree, outside } = place();
  for (let i = 0; i < 200; i++) writeFileSync(join(outside, `precious-${i}`), "");
  const before = readdirSync(outside).sort();
  // Exchanges tree/way between a directory and a link to outside, as fast as it can.
  const program = `
    import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
    const [tree, outside] = process.argv.slice(-2);
    for (let i = 0;; i++) {
      try {
        mkdirSync(tree + "/way", { recursive: true });
        writeFileSync(tree + "/way/file" + i, "");
        renameSync(tree + "/way", tree + "/old" + i);
        symlinkSync(outside, tree + "/way");
        rmSync(tree + "/way");
        rmSync(tree + "/old" + i, { recursive: true, force: true });
      } catch {}
      if (i === 3) console.log("going");
    }`;
  const child = spawn(bun, ["-e", program, tree, outside], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void process.kill(child.pid!, "SIGKILL"));
  await new Promise((going) => child.stdout.once("data", going));
  for (const end = performance.now() + 500; performance.now() < end;) {
    removeTree(path, "tree");
    mkdirSync(tree, { recursive: true });
  }
  expect(readdirSync(outside).sort()).toEqual(before);
}, 20_000);

test(
  "a second thread removes trees too, by itself as well as with the first one; what stays is named",
  () => {
    const { path, outside } = place();
    const names = Array.from({ length: 300 }, (_, i) => `tree-${i}`);
    for (const name of names) {
      mkdirSync(join(path, name, "inside"), { recursive: true });
      writeFileSync(join(path, name, "inside/file"), "x".repeat(8192));
    }
    const measure = new Measure();
    const expected = names.map((name) => measure.of(path, name));
    using removals = new Removals(names.length);
    const alone = removals.begin(path, names.slice(0, 50));
    if (availableParallelism() > 1) {
      for (let i = 1; i <= 50; i++) expect(Atomics.wait(alone.state, i, 0, 20_000)).not.toBe("timed-out");
    }
    const rounds = [
      alone,
      removals.begin(path, names.slice(50, 200)),
      removals.begin(path, names.slice(200)),
    ];
    const done = rounds.flatMap((round) => [...removals.finish(round)]);
    expect(done).toEqual(names.map((name, i) => [name, { freed: expected[i] }]));
    expect(readdirSync(path).sort()).toEqual(["outside", "tree"]);
    symlinkSync(outside, join(path, "link"));
    expect([...removals.finish(removals.begin(path, ["link", "never-there", "outside"]))]).toMatchObject([
      ["link", {}],
      ["never-there", { freed: 0 }],
      ["outside", { freed: expect.any(Number) }],
    ]);
    expect(readdirSync(path)).toEqual(["tree"]);
  },
  30_000,
);

test.runIf(process.getuid!() === 0)(
  "of many trees that two threads remove, the one with a mount is named",
  () => {
    const { path, outside } = place();
    for (let i = 0; i < 300; i++) mkdirSync(join(path, `tree-${i}/a`), { recursive: true });
    const program = `
    import { Removals } from ${JSON.stringify(resolve("src/runtime/removals.ts"))};
    const names = Array.from({ length: 300 }, (_, i) => "tree-" + i);
    using removals = new Removals(300);
    const done = removals.finish(removals.begin(process.argv.at(-1), names));
    console.log(JSON.stringify([...done].filter(([, { left }]) => left !== undefined)));`;
    const script = 'mount --bind "$1" "$2/tree-7/a" && exec "$3" -e "$4" "$2"';
    const ran = spawnSync("unshare", ["--mount", "sh", "-c", script, "sh", outside, path, bun, program], {
      encoding: "utf8",
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: path },
    });
    expect(ran.stderr).toBe("");
    expect(JSON.parse(ran.stdout)).toEqual([["tree-7", { freed: 0, left: 'something is mounted at "a"' }]]);
    const trees = readdirSync(path).filter((name) => name.startsWith("tree-"));
    expect([trees, readdirSync(outside)]).toEqual([["tree-7"], ["precious"]]);
  },
  30_000,
);
