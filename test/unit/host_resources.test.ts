import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { beforeEach, expect, test } from "vitest";
import { converge, dismantle } from "../../src/host/converge.ts";
import { newId } from "../../src/sessions/id.ts";
import { homeProfile, ourselves } from "../../src/host/home.ts";
import type { Resource } from "../../src/host/resource.ts";
import { authorizedKey, checkPublicKey } from "../../src/host/resources/authorized_key.ts";
import { directory, emptyWhole } from "../../src/host/resources/directory.ts";
import { file } from "../../src/host/resources/file.ts";
import { link } from "../../src/host/resources/link.ts";
import { scratch } from "./scratch.ts";

let dir: string;
beforeEach(() => void (dir = scratch()));

const common = { id: "x", title: "x", why: "a test" };
const aFile = (extra: object = {}) =>
  file({ ...common, path: `${dir}/f`, mode: 0o640, owner: ourselves(), content: "wanted\n", ...extra });
const aDirectory = (extra: object = {}) =>
  directory({ ...common, path: `${dir}/d`, mode: 0o750, owner: ourselves(), ...extra });
const mode = (path: string) => lstatSync(path).mode & 0o7777;
const settle = async (resource: Resource) => (await converge([resource], {}))[0]!;

test("a file is made with its content and mode, whatever the umask", async () => {
  expect(await settle(aFile())).toMatchObject({ status: "changed", detail: "created" });
  expect(readFileSync(`${dir}/f`, "utf8")).toBe("wanted\n");
  expect(mode(`${dir}/f`)).toBe(0o640);
  expect(await settle(aFile())).toMatchObject({ status: "ok" });
});

test("a file with another mode keeps its inode, one with other content is replaced whole", async () => {
  await settle(aFile());
  const { ino } = statSync(`${dir}/f`);
  chmodSync(`${dir}/f`, 0o600);
  expect(await settle(aFile())).toMatchObject({ status: "changed" });
  expect(statSync(`${dir}/f`).ino).toBe(ino);
  writeFileSync(`${dir}/f`, "other\n");
  expect(await settle(aFile())).toMatchObject({ status: "changed", detail: "rewritten" });
  expect(readFileSync(`${dir}/f`, "utf8")).toBe("wanted\n");
});

test("a symlink in the place of a file is replaced, never written through", async () => {
  writeFileSync(`${dir}/elsewhere`, "precious");
  symlinkSync(`${dir}/elsewhere`, `${dir}/f`);
  expect(await settle(aFile())).toMatchObject({ status: "changed" });
  expect(readFileSync(`${dir}/elsewhere`, "utf8")).toBe("precious");
  expect(lstatSync(`${dir}/f`).isFile()).toBe(true);
});

test("a file that its verifier refuses leaves the old one and no leftover", async () => {
  await settle(aFile());
  const refusing = aFile({
    content: "broken",
    verify: () => {
      throw new Error("not valid");
    },
  });
  expect(await settle(refusing)).toMatchObject({ status: "failed", error: { message: "not valid" } });
  expect(readFileSync(`${dir}/f`, "utf8")).toBe("wanted\n");
  expect(readdirSync(dir)).toEqual(["f"]);
});

test("the leftover of a run that was killed is swept away, that of a living one stays", async () => {
  writeFileSync(`${dir}/.f.4194303.tmp`, "half");
  writeFileSync(`${dir}/.f.${process.ppid}.tmp`, "half");
  await settle(aFile());
  expect(readdirSync(dir).sort()).toEqual([`.f.${process.ppid}.tmp`, "f"]);
});

test("a seed belongs to the user once it is there, and goes only while it is untouched", async () => {
  const seed = () => aFile({ seed: true, content: "{}\n" });
  await settle(seed());
  writeFileSync(`${dir}/f`, "mine");
  expect(await settle(seed())).toMatchObject({ status: "ok" });
  await dismantle([seed()], { purge: false });
  expect(readFileSync(`${dir}/f`, "utf8")).toBe("mine");
});

test("a directory is made, corrected, and refused where something else stands", async () => {
  expect(await settle(aDirectory())).toMatchObject({ status: "changed" });
  chmodSync(`${dir}/d`, 0o777);
  expect(await settle(aDirectory())).toMatchObject({ detail: `was directory 0777 ${ourselves().name}` });
  expect(mode(`${dir}/d`)).toBe(0o750);
  rmSync(`${dir}/d`, { recursive: true });
  symlinkSync("/tmp", `${dir}/d`);
  expect(await settle(aDirectory())).toMatchObject({ status: "failed" });
  expect(readlinkSync(`${dir}/d`)).toBe("/tmp");
});

test("a shared directory may be the user's link into dotfiles", async () => {
  mkdirSync(`${dir}/dotfiles`);
  symlinkSync(`${dir}/dotfiles`, `${dir}/d`);
  expect(await settle(aDirectory({ mayBeLink: true }))).toMatchObject({ status: "ok" });
});

test("a directory that somebody else filled survives uninstall, and a purge takes only what it may", async () => {
  await settle(aDirectory());
  writeFileSync(`${dir}/d/data`, "kept");
  await dismantle([aDirectory({ removable: true })], { purge: true });
  expect(existsSync(`${dir}/d/data`)).toBe(true);
  await dismantle([aDirectory({ removable: true, empty: emptyWhole })], { purge: false });
  expect(existsSync(`${dir}/d/data`)).toBe(true);
  await dismantle([aDirectory({ removable: true, empty: emptyWhole })], { purge: true });
  expect(existsSync(`${dir}/d`)).toBe(false);
});

test("a link is switched by one rename, and a program in its place is put aside", async () => {
  const wanted = () => link({ ...common, path: `${dir}/l`, target: "/new" });
  symlinkSync("/old", `${dir}/l`);
  expect(await settle(wanted())).toMatchObject({ status: "changed", detail: "was link to /old" });
  rmSync(`${dir}/l`);
  writeFileSync(`${dir}/l`, "an older script");
  await settle(wanted());
  expect(readlinkSync(`${dir}/l`)).toBe("/new");
  expect(readFileSync(`${dir}/l.before-claude-ops`, "utf8")).toBe("an older script");
});

test("another's link is left alone unless its place is wanted: then it is put aside, and uninstall gives it back", async () => {
  symlinkSync("/bin/true", `${dir}/l`);
  const leaveForeign = { said: "left alone", fix: [["take", "it"]] };
  const polite = link({ ...common, path: `${dir}/l`, target: "/ours", leaveForeign });
  expect(await settle(polite)).toMatchObject({ status: "skipped", detail: "left alone (link to /bin/true)" });
  const firm = () => link({ ...common, path: `${dir}/l`, target: "/ours", keepLink: true });
  expect(await settle(firm())).toMatchObject({ status: "changed" });
  expect(await settle(polite)).toMatchObject({ status: "ok" });
  await dismantle([firm()], { purge: false });
  expect(readlinkSync(`${dir}/l`)).toBe("/bin/true");
  expect(readdirSync(dir)).toEqual(["l"]);
});

test("uninstall leaves a link that leads elsewhere", async () => {
  symlinkSync("/somebody/else", `${dir}/l`);
  await dismantle([link({ ...common, path: `${dir}/l`, target: "/ours" })], { purge: true });
  expect(readlinkSync(`${dir}/l`)).toBe("/somebody/else");
});

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0fS0mkR1mS1nKk0O7sOKr5H6yL1Q8t8i9n3Tq0XyZa me@laptop";

test("a key is added once, behind the keys that are there", async () => {
  mkdirSync(`${dir}/.ssh`, { mode: 0o700 });
  writeFileSync(`${dir}/.ssh/authorized_keys`, "ssh-rsa AAAAB3NzaC1yc2E= other");
  await settle(authorizedKey(dir, key));
  expect(await settle(authorizedKey(dir, key))).toMatchObject({ status: "ok" });
  expect(readFileSync(`${dir}/.ssh/authorized_keys`, "utf8")).toBe(
    `ssh-rsa AAAAB3NzaC1yc2E= other\n${key}\n`,
  );
  expect(mode(`${dir}/.ssh/authorized_keys`)).toBe(0o600);
});

test("the same key with options or another comment counts as there", async () => {
  mkdirSync(`${dir}/.ssh`);
  writeFileSync(
    `${dir}/.ssh/authorized_keys`,
    `no-pty,command="/bin/x" ${key.replace("me@laptop", "else")}\n`,
  );
  expect(await settle(authorizedKey(dir, key))).toMatchObject({ status: "ok" });
});

test.each(["", "not a key", `${key}\nssh-rsa AAAA`, "-----BEGIN OPENSSH PRIVATE KEY-----"])(
  "%j is no public key",
  (text) => {
    expect(() => checkPublicKey(text)).toThrow("not a public SSH key");
  },
);

test("a home is set up once, and uninstall without purge keeps sessions and what the user wrote, a purge only what is not ours", async () => {
  const profile = () => homeProfile({ home: dir, program: "/usr/local/bin/claude-ops" });
  const first = await converge(profile(), {});
  expect(first.every(({ status }) => status === "changed")).toBe(true);
  expect((await converge(profile(), {})).every(({ status }) => status === "ok")).toBe(true);
  const foreign = "00000000-0000-4000-8000-000000000001";
  const ours = newId();
  for (const id of [foreign, ours]) mkdirSync(`${dir}/.claude/sessions/${id}`);
  writeFileSync(`${dir}/.claude/sessions/${ours}/session.json`, "{}");
  writeFileSync(`${dir}/.claude/sessions/4711.json`, "Claude Code's own");
  writeFileSync(`${dir}/.claude/update.log`, "");
  writeFileSync(`${dir}/.claude/skills/mine.md`, "a skill");
  await dismantle(profile(), { purge: false });
  expect(readdirSync(`${dir}/.claude`).sort()).toEqual(["sessions", "skills", "update.log"]);
  await dismantle(profile(), { purge: true });
  expect(readdirSync(`${dir}/.claude`).sort()).toEqual(["sessions", "skills"]);
  expect(readdirSync(`${dir}/.claude/sessions`).sort()).toEqual([foreign, "4711.json"]);
});
