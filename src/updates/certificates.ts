import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import { errno, Failure } from "../errors.ts";

/** Where systems keep the authorities that their administrator trusts: Debian and Alpine, Red Hat, macOS. */
const SYSTEM_BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/cert.pem",
];

const PEM = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g;

/**
 * Every authority that counts, as PEM texts: the runtime's own, the system's, and those in `files` and `texts`.
 * Read by hand so that all runtimes agree: Bun and Deno drop the other sources once `ca` is given.
 * A file that is not there adds nothing, as with npm and Node; one that cannot be read is a Failure.
 */
export function trustedAuthorities(files: string[], texts: string[]): string[] {
  const all = [...rootCertificates, ...texts.flatMap(certificates)];
  for (const file of [...SYSTEM_BUNDLES, ...files]) all.push(...certificates(read(file)));
  return [...new Set(all)];
}

function certificates(pem: string): string[] {
  // An .npmrc holds line breaks as the two characters `\n`.
  return pem.replaceAll("\\n", "\n").replaceAll("\r\n", "\n").match(PEM) ?? [];
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (errno(error) === "ENOENT") return "";
    throw new Failure(`cannot read the certificates in ${file}: ${errno(error)}`, {
      code: "registry-tls",
      hint: "make the file readable, or correct cafile in .npmrc or NODE_EXTRA_CA_CERTS",
      cause: error,
    });
  }
}
