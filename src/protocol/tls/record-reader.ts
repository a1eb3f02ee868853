import { ByteQueue } from './byte-queue.ts';
import { MalformedFlight } from './malformed-flight.ts';

/** A flight is 1 to 8 KB, 100 with a great many names of CAs. */
export const MAX_FLIGHT_BYTES = 262_144;
const MAX_RECORDS = 512;
/** RFC 5246 section 6.2.3 with its expansion, the larger one. */
const MAX_RECORD_BYTES = 16_384 + 2_048;
const HEADER_BYTES = 5;

/** ContentType (RFC 8446 section 5.1). */
export const CONTENT = { change_cipher_spec: 20, alert: 21, handshake: 22, application_data: 23 } as const;

/** Cuts what arrives into records (RFC 8446 section 5.1), at bounded memory. */
export class RecordReader {
  readonly #types: readonly number[];
  readonly #bytes = new ByteQueue();
  #total = 0;
  #records = 0;

  /** @param types of records that may come; the first byte of any other is refused */
  constructor(types: readonly number[]) {
    this.#types = types;
  }

  /** @throws MalformedFlight where the far end has sent more than a flight can have */
  push(chunk: Buffer): void {
    this.#total += chunk.length;
    if (this.#total > MAX_FLIGHT_BYTES) throw new MalformedFlight('too_large');
    this.#bytes.push(chunk);
  }

  /** @returns the next record with its header, or null where it is not there in full. @throws MalformedFlight */
  next(): Buffer | null {
    const bytes = this.#bytes.peek();
    const [type, major] = bytes;
    if (type !== undefined && !this.#types.includes(type)) throw new MalformedFlight('not_tls');
    if (major !== undefined && major !== 3) throw new MalformedFlight('not_tls');
    if (bytes.length < HEADER_BYTES) return null;
    const length = bytes.readUInt16BE(3);
    if (length === 0 || length > MAX_RECORD_BYTES) throw new MalformedFlight('record_length');
    if (bytes.length < HEADER_BYTES + length) return null;
    this.#records++;
    if (this.#records > MAX_RECORDS) throw new MalformedFlight('records');
    return this.#bytes.take(HEADER_BYTES + length);
  }
}

/** Cuts handshake messages out of the content of records, which they may share and be spread over. */
export class MessageReader {
  readonly #bytes = new ByteQueue();

  get is_empty(): boolean {
    return this.#bytes.length === 0;
  }

  push(content: Buffer): void {
    this.#bytes.push(content);
  }

  /** @returns the next message with its header of four bytes, or null. @throws MalformedFlight */
  next(): Buffer | null {
    if (this.#bytes.length < 4) return null;
    const length = this.#bytes.peek().readUIntBE(1, 3);
    if (length > MAX_FLIGHT_BYTES) throw new MalformedFlight('message_length');
    return this.#bytes.length < 4 + length ? null : this.#bytes.take(4 + length);
  }
}
