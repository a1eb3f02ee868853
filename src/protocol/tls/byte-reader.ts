/** Thrown inside this folder when a length points past its vector; never leaves `parseClientHello` or `FlightReader`. */
export class Truncated extends Error {}

/**
 * Reads TLS presentation language (RFC 8446 section 3): big-endian integers and length-prefixed vectors.
 * Every read is checked against the end, so a lying length can only throw `Truncated`.
 */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Bytes that are not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(size_bytes: number): Buffer {
    const end = this.#at + size_bytes;
    if (end > this.#bytes.length) throw new Truncated();
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  uint8(): number {
    return this.take(1).readUInt8(0);
  }

  uint16(): number {
    return this.take(2).readUInt16BE(0);
  }

  uint24(): number {
    return this.take(3).readUIntBE(0, 3);
  }

  /** opaque vector<0..2^8-1> */
  vector8(): ByteReader {
    return new ByteReader(this.take(this.uint8()));
  }

  /** opaque vector<0..2^16-1> */
  vector16(): ByteReader {
    return new ByteReader(this.take(this.uint16()));
  }

  /** opaque vector<0..2^24-1> */
  vector24(): ByteReader {
    return new ByteReader(this.take(this.uint24()));
  }

  /** All bytes left, as 16-bit values; an odd number of bytes is `Truncated`. */
  uint16s(): number[] {
    const values: number[] = [];
    while (!this.done) values.push(this.uint16());
    return values;
  }

  rest(): Buffer {
    return this.take(this.#bytes.length - this.#at);
  }
}
