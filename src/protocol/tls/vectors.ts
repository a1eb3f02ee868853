/** Writes TLS presentation language (RFC 8446 section 3); the reading side is `ByteReader`. */

export function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}

export function uint16s(values: readonly number[]): Buffer {
  return Buffer.concat(values.map(uint16));
}

/** opaque vector<0..2^8-1>. @throws RangeError where it is longer */
export function vector8(...parts: readonly Buffer[]): Buffer {
  return vector(1, parts);
}

/** opaque vector<0..2^16-1>. @throws RangeError where it is longer */
export function vector16(...parts: readonly Buffer[]): Buffer {
  return vector(2, parts);
}

/** opaque vector<0..2^24-1>. @throws RangeError where it is longer */
export function vector24(...parts: readonly Buffer[]): Buffer {
  return vector(3, parts);
}

function vector(length_bytes: number, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(length_bytes);
  length.writeUIntBE(body.length, 0, length_bytes);
  return Buffer.concat([length, body]);
}
