import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { OpenDirectory } from "../../src/runtime/open_directory.ts";
import { checkManifest, type Manifest, wrongName, wrongTarget } from "../../src/shared/manifest.ts";
import { type Change, receive } from "../../src/shared/receive.ts";
import { type Scan, scan } from "../../src/shared/scan.ts";
import { KnownHashes } from "../../src/shared/known_hashes.ts";
import { checkOutline, outlineOf } from "../../src/shared/outline.ts";
import { Seen } from "../../src/shared/seen.ts";
import { Input, packContents, packList } from "../../src/shared/wire.ts";
import { scratch } from "./scratch.ts";

let mine: string;
let host: string;
beforeEach(() => {
  const home = scratch();
  [mine, host] = [`${home}/mine`, `${home}/.claude`];
  mkdirSync(host);
  put("skills/review/SKILL.md", "# Review");
  put("skills/review/scripts/look.sh", "echo look");
  put("skills/plan/SKILL.md", "# Plan");
  put("agents/tester.md", "You test.");
});

function put(path: string, content: string, at = mine): void {
  mkdirSync(dirname(`${at}/${path}`), { recursive: true });
  writeFileSync(`${at}/${path}`, content);
}

/** All bytes that go over the wire to a host that lacks everything. */
async function wireOf(what: Scan, change: (bytes: Buffer) => Buffer = (bytes) => bytes): Promise<Buffer> {
  const files = what.manifest.entries.filter((entry) => entry.type === "file");
  const parts = [packList(outlineOf(what.manifest).outline), packList(what.manifest.entries)];
  for await (const chunk of packContents(what, files)) parts.push(chunk);
  return change(Buffer.concat(parts));
}

async function receiveFrom(
  bytes: Buffer | AsyncIterable<Buffer>,
  mirror = false,
  check = false,
): Promise<Change[]> {
  using shared = OpenDirectory.at(host)!;
  const source = Buffer.isBuffer(bytes)
    ? (async function* () {
      yield bytes;
    })()
    : bytes;
  return await receive(source, shared, { part: "guarded", readOnly: false, mirror, check, ask: () => {} });
}

/** Sends what is asked for, as the two ends of an install do. */
async function share(options: { mirror?: boolean; check?: boolean } = {}, seen?: Seen): Promise<string[]> {
  using shared = OpenDirectory.at(host)!;
  const what = scan(mine);
  const { outline, units } = outlineOf(what.manifest);
  const [differ, lacks] = [Promise.withResolvers<number[]>(), Promise.withResolvers<number[]>()];
  async function* source() {
    yield packList(outline);
    const entries = (await differ.promise).flatMap((number) => units[number]!);
    yield packList(entries);
    const files = (await lacks.promise).map((number) => entries[number]!);
    yield* packContents(what, files.filter((entry) => entry.type === "file"));
  }
  const { mirror = false, check = false } = options;
  const changes = await receive(source(), shared, {
    part: "guarded",
    readOnly: false,
    mirror,
    check,
    ask: (what) => "differ" in what ? differ.resolve(what.differ) : lacks.resolve(what.lacks),
    seen,
  });
  return changes.map(({ path, detail }) => `${path} ${detail}`);
}

const names = (at = host) => readdirSync(at, { recursive: true }).map(String).sort();
const text = (path: string) => readFileSync(`${host}/${path}`, "utf8");

describe("what is shared", () => {
  test("comes whole, with modes and links, and a second time there is nothing to do", async () => {
    chmodSync(`${mine}/skills/review/scripts/look.sh`, 0o700);
    symlinkSync("../SKILL.md", `${mine}/skills/review/scripts/up`);
    symlinkSync(`${mine}/skills/review/SKILL.md`, `${mine}/skills/plan/absolute`);
    put("skills/review/.git/HEAD", "left out");
    mkdirSync(`${mine}/skills/empty`);
    expect(await share()).toHaveLength(4);
    rmSync(`${mine}/skills/review/.git`, { recursive: true });
    expect(names()).toEqual(names(mine));
    expect(text("skills/review/scripts/up")).toBe("# Review");
    expect(text("skills/plan/absolute")).toBe("# Review");
    expect(statSync(`${host}/skills/review/scripts/look.sh`).mode & 0o777).toBe(0o755);
    expect(await share()).toEqual([]);
  });

  test("changes only what differs, keeps what the host has beside it, and takes that away as a mirror", async () => {
    await share();
    const untouched = statSync(`${host}/skills/plan`).ino;
    put("skills/review/SKILL.md", "# Better");
    put("skills/review/own/notes.md", "own", host);
    put("skills/other/SKILL.md", "other", host);
    expect(await share({ check: true })).toEqual(["skills/review changed: SKILL.md"]);
    expect(text("skills/review/SKILL.md")).toBe("# Review");
    expect(await share()).toEqual(["skills/review changed: SKILL.md"]);
    expect([text("skills/review/SKILL.md"), text("skills/review/own/notes.md")]).toEqual(["# Better", "own"]);
    expect(await share({ mirror: true })).toEqual([
      "skills/review removed: own, own/notes.md",
      "skills/other removed",
    ]);
    expect(names()).toEqual(names(mine));
    expect(statSync(`${host}/skills/plan`).ino).toBe(untouched);
  });

  test("a mirror leaves alone what the directory does not speak of", async () => {
    put("commands/own.md", "own", host);
    await share({ mirror: true });
    expect(text("commands/own.md")).toBe("own");
  });

  test("a directory that becomes a file needs a mirror, as what is in it would go", async () => {
    await share();
    rmSync(`${mine}/skills/review/scripts`, { recursive: true });
    put("skills/review/scripts", "a file now");
    await expect(share()).rejects.toThrow(/would have to go/);
    expect(text("skills/review/scripts/look.sh")).toBe("echo look");
    await share({ mirror: true });
    expect(text("skills/review/scripts")).toBe("a file now");
  });

  test.each([
    [
      "a link that leads out",
      () => symlinkSync("../../CLAUDE.md", `${mine}/skills/plan/x`),
      /x cannot be shared: it is a link to \.\.\/\.\.\/CLAUDE\.md/,
    ],
    [
      "a link that goes down and up again",
      () => symlinkSync("scripts/../../..", `${mine}/skills/review/x`),
      /cannot be shared/,
    ],
    ["a name with a newline", () => put("skills/plan/a\nb", ""), /control characters/],
  ])("%s is refused, and said which it is", (_what, make, said) => {
    make();
    expect(() => scan(mine)).toThrow(said);
  });

  test("a link of the user's own in the place of a directory is left alone", async () => {
    mkdirSync(`${mine}/dotfiles`);
    symlinkSync(`${mine}/dotfiles`, `${host}/skills`);
    await expect(share()).rejects.toThrow(/skills is a link to .*dotfiles, and is left alone/);
    expect(names(`${mine}/dotfiles`)).toEqual([]);
  });
});

describe("what arrives", () => {
  test("cut at any byte, it changes nothing", async () => {
    put("commands/old.md", "old", host);
    const before = names();
    const whole = await wireOf(scan(mine));
    for (let length = 0; length < whole.length; length += 7) {
      const changes = await receiveFrom(whole.subarray(0, length)).catch((error) => error);
      // Of the last bytes, none belongs to any file.
      if (!(changes instanceof Error) && length > whole.length - 16) {
        return expect(names()).toEqual([...before, ...names(mine)].sort());
      }
      expect(changes.message, `${length} bytes`).toMatch(/ends too soon|cannot be read/);
      expect(names()).toEqual(before);
    }
  });

  test("with any byte changed, it is refused or the same", async () => {
    const whole = await wireOf(scan(mine));
    for (let at = 0; at < whole.length; at += 11) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 0x55;
      const changes = await receiveFrom(bytes).catch((error) => error);
      if (changes instanceof Error) expect(existsSync(`${host}/skills/review`), `byte ${at}`).toBe(false);
      else {
        expect(names()).toEqual(names(mine));
        expect(text("skills/review/SKILL.md")).toBe("# Review");
        rmSync(host, { recursive: true });
        mkdirSync(host);
      }
    }
  });

  test("a file that is not what the list says is refused", async () => {
    const what = scan(mine);
    put("skills/review/SKILL.md", "# Reviled".slice(0, 8));
    await expect(receiveFrom(await wireOf(what))).rejects.toThrow("did not arrive as it was sent");
    expect(names()).toEqual([]);
  });
});

describe("what was right before", () => {
  /** As root's trees are, by nobody else's hand; which units were asked for is told in `asked`. */
  const again = async (options = {}) => await share(options, new Seen(`${host}.seen.json`));

  test("is not read again, and whatever was touched is", async () => {
    await again();
    // Reading it again would fail.
    const reads = vi.spyOn(Input.prototype, "list");
    expect(await again()).toEqual([]);
    expect(reads).toHaveBeenCalledTimes(1);
    const { atime, mtime } = statSync(`${host}/skills/plan/SKILL.md`);
    writeFileSync(`${host}/skills/plan/SKILL.md`, "# Evil");
    // Deno 2.9 tells the time of the last change in seconds only.
    if (!("Deno" in globalThis)) utimesSync(`${host}/skills/plan/SKILL.md`, atime, mtime);
    expect(await again({ check: true })).toEqual(["skills/plan changed: SKILL.md"]);
    expect(await again()).toEqual(["skills/plan changed: SKILL.md"]);
    expect(text("skills/plan/SKILL.md")).toBe("# Plan");
    rmSync(`${host}/skills/review`, { recursive: true });
    put("agents/own.md", "own", host);
    expect(await again()).toEqual(["skills/review added, 3 in it"]);
    put("agents/tester.md", "You test more.");
    expect(await again()).toEqual(["agents/tester.md changed"]);
    expect(await again({ mirror: true })).toEqual(["agents/own.md removed"]);
    reads.mockClear();
    expect(await again({ mirror: true })).toEqual([]);
    expect(reads).toHaveBeenCalledTimes(1);
    writeFileSync(`${host}.seen.json`, "{]");
    expect(await again({ mirror: true })).toEqual([]);
    reads.mockRestore();
  });

  test("beside what a mirror takes away, is not right for a mirror", async () => {
    put("skills/review/own.md", "own", host);
    await again();
    expect(await again()).toEqual([]);
    expect(await again({ mirror: true })).toEqual(["skills/review removed: own.md"]);
  });

  test("here: only files that were touched are read again, and not those of which the time says too little", () => {
    const kept = `${host}.hashes.json`;
    const read = () => {
      const hashes = new KnownHashes(kept);
      const all = scan(mine, hashes).manifest.entries.flatMap((entry) =>
        entry.type === "file" ? entry.sha256 : []
      );
      return { all, kept: existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")).length : 0 };
    };
    // All of them were changed just now.
    expect(read()).toEqual({ all: expect.any(Array), kept: 0 });
    vi.setSystemTime(Date.now() + 10_000);
    const first = read();
    expect([first.all.length, first.kept]).toEqual([4, 4]);
    const wrong = JSON.parse(readFileSync(kept, "utf8"));
    wrong[0][1][1] = "0".repeat(64);
    writeFileSync(kept, JSON.stringify(wrong));
    expect(read().all).toContain("0".repeat(64)); // so it was not read
    put(wrong[0][0], "other");
    expect(read().all).not.toContain("0".repeat(64));
    vi.useRealTimers();
    writeFileSync(kept, "no JSON");
    expect(read().all).toHaveLength(4);
  });
});

describe("a list from somewhere else", () => {
  test.each([
    ["of another format", { format: 1, tops: ["skills"], units: [] }],
    ["with a top that is another part's", { format: 2, tops: ["plugins"], units: [] }],
    ["with a path upwards", { format: 2, tops: ["skills"], units: [["skills/..", "0".repeat(64)]] }],
    ["with no hash", { format: 2, tops: ["skills"], units: [["skills/a", "x"]] }],
    ["of something else", { format: 2, tops: ["skills"], units: [7, null] }],
    ["that is nothing", null],
  ])("an outline %s is refused", (_what, sent) => {
    expect(() => checkOutline(sent, "guarded")).toThrow(/is refused/);
  });

  const file = (path: string) => ({ type: "file", path, executable: false, size: 1, sha256: "0".repeat(64) });
  const list = (...entries: unknown[]) => ({ tops: ["skills"], entries }) as unknown as Manifest;

  test.each([
    ["a path upwards", list(file("skills/../x"))],
    ["an absolute path", list(file("/etc/passwd"))],
    ["an empty step", list(file("skills//x"))],
    ["a control character", list(file("skills/a\u001b[2J"))],
    ["half a character", list(file("skills/\ud800"))],
    ["a place that is not shared", list(file("settings.json"))],
    ["a top that was not announced", list(file("agents/x.md"))],
    ["a top that is another part's", { ...list(), tops: ["plugins"] }],
    ["a file in a file", list(file("skills/a"), file("skills/a/b"))],
    ["a file in a link", list({ type: "link", path: "skills/a", target: "b" }, file("skills/a/b"))],
    ["a file whose directory is missing", list(file("skills/a/b"))],
    ["the same name twice", list(file("skills/a"), file("skills/a"))],
    ["a link out", list({ type: "link", path: "skills/a", target: "../agents" })],
    ["a link to the root", list({ type: "link", path: "skills/a", target: "/etc" })],
    ["a link down and up", list({ type: "link", path: "skills/a", target: "b/../../.." })],
    ["a device", list({ type: "device", path: "skills/a" })],
    ["a size that is none", list({ ...file("skills/a"), size: -1 })],
    ["more than there may be", list({ ...file("skills/a"), size: 2 ** 40 })],
    ["no list", { tops: ["skills"] }],
    ["nothing", null],
  ])("with %s is refused", (_what, sent) => {
    expect(() => checkManifest(sent, "guarded")).toThrow(/is refused/);
  });

  test("of any names whatever, those that pass stay below their top", () => {
    const pieces = [
      "..",
      ".",
      "",
      "a",
      "skills",
      "/",
      "\\",
      "\0",
      "~",
      "é",
      "b ",
      "-rf",
      "*",
      "\u202e",
      "\n",
      "%2e%2e",
    ];
    let passed = 0;
    for (let round = 0; round < 20_000; round++) {
      const pick = () => pieces[Math.floor(Math.random() * pieces.length)]!;
      const path = Array.from({ length: 1 + round % 5 }, pick).join(round % 3 === 0 ? "" : "/");
      if (wrongName(path) === undefined) {
        passed++;
        expect(
          new URL(`file:///root/${path.split("/").map(encodeURIComponent).join("/")}`).pathname.startsWith(
            "/root/",
          ),
        ).toBe(true);
        expect(path.split("/")).not.toContain("..");
      }
      if (wrongTarget("skills/a/b/c", path) === undefined) {
        expect(path.split("/").filter((step) => step === "..").length).toBeLessThanOrEqual(2);
      }
    }
    expect(passed).toBeGreaterThan(100);
  });
});
