/** PKCS #3, as PEM: the prime, of 1024 bits, and 2 as generator. */
export function dhParameters(prime: Buffer): string {
  const length = Buffer.of(0x02, 0x81, prime.length + 1, 0);
  const body = Buffer.concat([length, prime, Buffer.of(0x02, 0x01, 0x02)]);
  const der = Buffer.concat([Buffer.of(0x30, 0x81, body.length), body]);
  return `-----BEGIN DH PARAMETERS-----\n${der.toString('base64')}\n-----END DH PARAMETERS-----\n`;
}
