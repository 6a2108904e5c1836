import { readFileSync } from "node:fs";
import { Failure } from "../../errors.ts";
import { checkPublicKey } from "../../host/resources/authorized_key.ts";

/** A file with a public key, or the key itself. */
export function readKey(fileOrKey: string): string {
  if (/^(ssh|ecdsa|sk)-\S+ /.test(fileOrKey)) return checkPublicKey(fileOrKey);
  try {
    return checkPublicKey(readFileSync(fileOrKey, "utf8"));
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`cannot read the public key ${fileOrKey}`, { hint: "name a .pub file", cause: error });
  }
}
