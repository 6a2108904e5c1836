import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { judgeKey, knownTypes } from "../../src/remote/judge_key.ts";
import {
  addKnownHost,
  hostKeyName,
  isFor,
  readKnownHosts,
  readRevokedKeys,
} from "../../src/remote/known_hosts.ts";
import { fingerprint } from "../../src/remote/host_key.ts";
import { scratchForAll } from "./scratch.ts";

const scratch = scratchForAll();

function makeKey(type: string, name: string): { line: string; blob: Buffer } {
  const path = join(scratch, name);
  execFileSync("ssh-keygen", [
    "-q",
    "-t",
    type,
    "-N",
    "",
    "-C",
    "",
    "-f",
    path,
    ...(type === "rsa" ? ["-b", "2048"] : []),
  ]);
  const line = readFileSync(`${path}.pub`, "utf8").trim();
  return { line, blob: Buffer.from(line.split(" ")[1]!, "base64") };
}
const a = makeKey("ed25519", "a");
const b = makeKey("ed25519", "b");
const rsa = makeKey("rsa", "r");
const ecdsa = makeKey("ecdsa", "e");

const FILE = join(scratch, "known");
writeFileSync(
  FILE,
  [
    `# comment`,
    `plain,10.0.0.1 ${a.line}`,
    `  \tindented\t${a.line} a comment`,
    `[plain]:2222 ${b.line}`,
    `*.lan,!bad.lan ${a.line}`,
    `UPPER ${a.line}`,
    `two ${rsa.line}`,
    `two ${ecdsa.line}`,
    `@revoked stolen ${a.line}`,
    `stolen ${a.line}`,
    `@revoked * ${b.line}`,
    `@cert-authority *.certified ${a.line}`,
    `@unknown-marker plain2 ${a.line}`,
    ...[
      "cut",
      "cut ssh-ed25519",
      "cut ssh-ed25519 AAAA",
      "cut ssh-ed25519 !!!!",
      `cut ssh-rsa ${a.line.split(" ")[1]}`,
    ],
    ...[
      "|1|",
      "|1|x",
      `|1||| ${a.line}`,
      `|9|AAAA|AAAA ${a.line}`,
      "\0\u0001\ufffd",
      `, ${a.line}`,
      `@revoked`,
      "",
    ],
  ].join("\n"),
);
const HASHED = join(scratch, "hashed");
writeFileSync(HASHED, `secret ${a.line}\n[secret]:2200 ${rsa.line}\n`);
execFileSync("ssh-keygen", ["-q", "-H", "-f", HASHED], { stdio: "pipe" });

test("each name finds the lines that ssh-keygen -F finds", async () => {
  const names = [
    "plain",
    "10.0.0.1",
    "indented",
    "[plain]:2222",
    "x.lan",
    "bad.lan",
    "x.y.lan",
    "lan",
    "upper",
    "two",
    "x.certified",
  ];
  for (const file of [FILE, HASHED]) {
    const lines = await readKnownHosts([file]);
    for (const name of [...names, "plain2", "none", "secret", "[secret]:2200", "[secret]:22"]) {
      const real = spawnSync("ssh-keygen", ["-F", name, "-f", file], { encoding: "utf8" }).stdout;
      const found = [...real.matchAll(/found: line (\d+)/g)].map(([, number]) => Number(number));
      const ours = lines.filter((line) => isFor(line, name)).map(({ line }) => line);
      expect([file, name, ours]).toEqual([file, name, found]);
    }
  }
});

test("malformed lines are passed over, which ssh-keygen shows and ssh does not use", async () => {
  const lines = await readKnownHosts([FILE]);
  expect(lines.filter((line) => line.hosts === "cut")).toEqual([]);
});

test("a key is judged as ssh judges it", async () => {
  const lines = await readKnownHosts([FILE, HASHED, join(scratch, "missing")]);
  const status = (host: string, port: number, key: Buffer) => judgeKey(lines, host, port, key).status;
  expect(status("plain", 22, a.blob)).toBe("known");
  expect(status("PLAIN", 22, a.blob)).toBe("known");
  expect(status("secret", 22, a.blob)).toBe("known");
  expect(status("secret", 2200, rsa.blob)).toBe("known");
  expect(status("plain", 22, rsa.blob)).toBe("unknown");
  expect(status("nowhere", 22, a.blob)).toBe("unknown");
  expect(judgeKey(lines, "two", 22, makeKey("ecdsa", "e2").blob)).toMatchObject({
    status: "changed",
    line: { line: 8 },
  });
  expect(judgeKey(lines, "secret", 22, makeKey("ed25519", "c").blob)).toMatchObject({
    status: "changed",
    line: { line: 1 },
  });
  expect(judgeKey(lines, "plain", 22, rsa.blob)).toMatchObject({ otherKeys: [{ line: 2 }] });
  expect(status("two", 2222, rsa.blob), "a key filed without a port is good for every port").toBe("known");
  expect(status("two", 2222, a.blob)).toBe("unknown");
});

test("a revoked key is never good, whatever other lines say", async () => {
  const lines = await readKnownHosts([FILE]);
  expect(judgeKey(lines, "stolen", 22, a.blob)).toMatchObject({ status: "revoked", line: { line: 9 } });
  expect(judgeKey(lines, "plain", 2222, b.blob)).toMatchObject({ status: "revoked", line: { line: 11 } });
});

test("an authority's key is no host's key, and is told of", async () => {
  const lines = await readKnownHosts([FILE]);
  expect(judgeKey(lines, "x.certified", 22, a.blob)).toMatchObject({
    status: "unknown",
    otherKeys: [],
    authorities: [{ line: 12 }],
  });
  expect(knownTypes(lines, "x.certified", 22)).toEqual([]);
});

test("RevokedHostKeys rules keys out, and where it cannot be read nothing goes on", async () => {
  const file = join(scratch, "revoked");
  writeFileSync(file, `# gone\n${a.line}\n`);
  const lines = [...await readRevokedKeys([file]), ...await readKnownHosts([FILE])];
  expect(judgeKey(lines, "plain", 22, a.blob)).toMatchObject({ status: "revoked", line: { file, line: 2 } });
  await expect(readRevokedKeys([join(scratch, "missing")])).rejects.toThrow(/cannot read/);
  execFileSync("ssh-keygen", ["-q", "-k", "-f", join(scratch, "krl"), join(scratch, "a.pub")]);
  await expect(readRevokedKeys([join(scratch, "krl")])).rejects.toThrow(/binary key revocation list/);
});

test("the types of known keys are found, so that they can be asked for first", async () => {
  const lines = await readKnownHosts([FILE]);
  expect(knownTypes(lines, "two", 22)).toEqual(["ssh-rsa", "ecdsa-sha2-nistp256"]);
  expect(knownTypes(lines, "two", 99)).toEqual(["ssh-rsa", "ecdsa-sha2-nistp256"]);
  expect(knownTypes(lines, "nowhere", 22)).toEqual([]);
});

test.each([false, true])(
  "a key that is added is found by us and by ssh-keygen (hashed: %s)",
  async (hashed) => {
    const file = join(scratch, `new-${hashed}`, "known_hosts");
    await addKnownHost(file, { host: "Fresh", port: 22, key: a.blob, hashed });
    expect([statSync(file).mode & 0o777, statSync(join(file, "..")).mode & 0o777]).toEqual([0o600, 0o700]);
    writeFileSync(file, readFileSync(file, "utf8").trimEnd());
    await addKnownHost(file, { host: "fresh", port: 2222, key: rsa.blob, hashed });
    for (const [name, count] of [["fresh", 1], ["[fresh]:2222", 1], ["other", 0]] as const) {
      const real = spawnSync("ssh-keygen", ["-F", name, "-f", file], { encoding: "utf8" }).stdout;
      expect([...real.matchAll(/found/g)].length).toBe(count);
    }
    const lines = await readKnownHosts([file]);
    expect(judgeKey(lines, "fresh", 2222, rsa.blob).status).toBe("known");
    expect(readFileSync(file, "utf8").includes("fresh")).toBe(!hashed);
    expect(hostKeyName("fresh", 22)).toBe("fresh");
  },
);

test("the fingerprint is the one that ssh-keygen shows", () => {
  const shown = execFileSync("ssh-keygen", ["-l", "-f", join(scratch, "a.pub")], { encoding: "utf8" });
  expect(shown).toContain(fingerprint(a.blob));
});
