/**
 * Makes what ssh2 1.17 hands to the crypto library exact: it leaves the cipher's padding behind a PEM that it has decrypted,
 * and the sign byte before the secret of an ECDSA key. OpenSSL (Bun, Node) takes both, Deno 2.9 neither.
 */
export function tidyPem(pem: string, type: string): string {
  const [, label, text] = /-----BEGIN (EC|RSA) PRIVATE KEY-----([^-]+)/.exec(pem) ?? [];
  if (label === undefined) return pem;
  const der = Buffer.from(text!, "base64");
  const long = der[1]! & 0x80 ? der[1]! & 0x7f : 0;
  const length = long ? der.readUIntBE(2, long) : der[1]!;
  let body = der.subarray(2 + long, 2 + long + length);
  const bits = Number(/^ecdsa-sha2-nistp(\d+)$/.exec(type)?.[1]);
  // ECPrivateKey of RFC 5915: version (3 bytes), then the secret as an octet string of the curve's size.
  if (bits) {
    body = Buffer.concat([
      body.subarray(0, 3),
      secret(body, Math.ceil(bits / 8)),
      body.subarray(5 + body[4]!),
    ]);
  }
  const whole = Buffer.concat([Buffer.from([0x30]), derLength(body.length), body]).toString("base64");
  return `-----BEGIN ${label} PRIVATE KEY-----\n${
    whole.replace(/.{64}/g, "$&\n").trim()
  }\n-----END ${label} PRIVATE KEY-----`;
}

function secret(body: Buffer, size: number): Buffer {
  const octets = Buffer.alloc(size);
  const given = body.subarray(5, 5 + body[4]!).subarray(-size);
  given.copy(octets, size - given.length);
  return Buffer.concat([Buffer.from([0x04, size]), octets]);
}

function derLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, "0"), "hex");
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}
