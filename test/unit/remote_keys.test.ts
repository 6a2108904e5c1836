import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { type Interaction, nobody } from "../../src/remote/interaction.ts";
import { parseKey, privateKeyOf, publicKeyOf } from "../../src/remote/key_file.ts";
import { scratchForAll } from "./scratch.ts";

// ssh-keygen takes its time for an RSA key on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const scratch = scratchForAll();

const knowing = (secret: string): Interaction => ({
  ...nobody,
  interactive: true,
  secret: () => Promise.resolve(secret),
});

// Repeated, because half of all ECDSA secrets start with a bit that needs a sign byte.
test.each([
  ["ed25519", "RFC4716", "", 2],
  ["ed25519", "RFC4716", "passphrase", 1],
  ["ecdsa", "RFC4716", "", 12],
  ["ecdsa", "PEM", "passphrase", 4],
  ["ecdsa -b 521", "RFC4716", "", 6],
  ["ecdsa -b 384", "PEM", "", 2],
  ["rsa -b 2048", "PEM", "passphrase", 2],
  ["rsa -b 2048", "RFC4716", "passphrase", 1],
])(
  "a key of type %s in format %s with passphrase '%s' signs what its public half verifies",
  async (type, format, secret, times) => {
    for (let n = 0; n < times; n++) {
      const file = join(scratch, `${type}-${format}-${secret}-${n}`);
      execFileSync("ssh-keygen", [
        "-q",
        "-t",
        ...type.split(" "),
        "-m",
        format,
        "-N",
        secret,
        "-C",
        "me",
        "-f",
        file,
      ]);
      const key = await privateKeyOf(file, secret ? knowing(secret) : nobody, 3);
      const beside = parseKey(readFileSync(`${file}.pub`))!;
      const hash = type.startsWith("rsa") ? "sha512" : undefined;
      const sign = key.sign as (data: Buffer, hash?: string) => Buffer;
      const signature = sign.call(key, Buffer.from("data"), hash);
      expect(signature).toBeInstanceOf(Buffer);
      const verify = beside.verify as (data: Buffer, signature: Buffer, hash?: string) => boolean;
      expect(verify.call(beside, Buffer.from("data"), signature, hash)).toBe(true);
      rmSync(`${file}.pub`);
      const alone = await publicKeyOf(file);
      if (format === "PEM" && secret) expect(alone).toBeUndefined();
      else expect(alone?.getPublicSSH().equals(beside.getPublicSSH())).toBe(true);
    }
  },
);
