import { ByteQueue } from './byte-queue.ts';
import { Truncated } from './byte-reader.ts';
import { MalformedFlight } from './malformed-flight.ts';
import {
  type CertificateRequest,
  type KeyExchange,
  readCertificateRequest,
  readCertificateStatus,
  readCertificates,
  readKeyExchange,
  readServerHello,
  type ServerHello,
} from './server-messages.ts';
import { TLS_1_2, TLS_1_3 } from './versions.ts';

/** What a server has said so far in answer to a ClientHello; null for what it has not. */
export interface ServerFlight {
  readonly server_hello: ServerHello | null;
  /** The fatal alert, or a close_notify, that ended it: AlertDescription of RFC 8446 section 6. */
  readonly alert: number | null;
  /** DER, in the order sent. Only before TLS 1.3, where they are sent in clear. */
  readonly certificates: readonly Buffer[] | null;
  readonly key_exchange: KeyExchange | null;
  /** The body of the ServerKeyExchange, with its signature. */
  readonly signed_key_exchange: Buffer | null;
  readonly certificate_request: CertificateRequest | null;
  /** The OCSP response that came with the leaf, DER. */
  readonly ocsp_response: Buffer | null;
}

/** A flight is 1 to 8 KB, 100 with a great many names of CAs. */
export const MAX_FLIGHT_BYTES = 262_144;
const MAX_RECORDS = 512;
const MAX_WARNINGS = 4;
/** RFC 5246 section 6.2.3 with its expansion. */
const MAX_RECORD_BYTES = 16_384 + 2_048;

const ALERT = 21;
const HANDSHAKE = 22;
const WARNING = 1;
const FATAL = 2;
const CLOSE_NOTIFY = 0;

const MESSAGE = {
  server_hello: 2,
  certificate: 11,
  server_key_exchange: 12,
  certificate_request: 13,
  server_hello_done: 14,
  certificate_status: 22,
} as const;

/**
 * Reads a server's first flight as it arrives, up to the end of what is in clear: a ServerHello of TLS 1.3, the
 * ServerHelloDone of what came before, or an alert. The work is linear in the bytes, and bounded.
 */
export class FlightReader {
  readonly #records = new ByteQueue();
  readonly #messages = new ByteQueue();
  readonly #seen = new Set<number>();
  #flight: ServerFlight = {
    server_hello: null,
    alert: null,
    certificates: null,
    key_exchange: null,
    signed_key_exchange: null,
    certificate_request: null,
    ocsp_response: null,
  };
  #bytes = 0;
  #record_count = 0;
  #warnings = 0;
  #done = false;

  /** What was read so far, of a flight that turned out malformed too. */
  get flight(): ServerFlight {
    return this.#flight;
  }

  /**
   * @param chunk what arrived since the last call
   * @returns true when there is no more to read
   * @throws MalformedFlight; not to be called again
   */
  push(chunk: Buffer): boolean {
    if (this.#done) return true;
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_FLIGHT_BYTES) throw new MalformedFlight('too_large');
    this.#records.push(chunk);
    while (!this.#done && this.#readRecord());
    return this.#done;
  }

  /** RFC 8446 section 5.1. @returns false where the next record is not there in full */
  #readRecord(): boolean {
    const bytes = this.#records.peek();
    const [type, major] = bytes;
    if (type !== undefined && type !== ALERT && type !== HANDSHAKE) throw new MalformedFlight('not_tls');
    if (major !== undefined && major !== 3) throw new MalformedFlight('not_tls');
    if (bytes.length < 5) return false;
    const length = bytes.readUInt16BE(3);
    if (length === 0 || length > MAX_RECORD_BYTES) throw new MalformedFlight('record_length');
    if (bytes.length < 5 + length) return false;
    this.#record_count++;
    if (this.#record_count > MAX_RECORDS) throw new MalformedFlight('records');
    const fragment = this.#records.take(5 + length).subarray(5);
    if (type === ALERT) this.#readAlert(fragment);
    else this.#readFragment(fragment);
    return true;
  }

  /** RFC 8446 section 6. Warnings, such as unrecognized_name, are passed over. */
  #readAlert(fragment: Buffer): void {
    const [level, description] = fragment;
    if (fragment.length !== 2 || description === undefined) throw new MalformedFlight('alert');
    if (level !== WARNING && level !== FATAL) throw new MalformedFlight('alert');
    if (level === FATAL || description === CLOSE_NOTIFY) {
      this.#flight = { ...this.#flight, alert: description };
      this.#done = true;
      return;
    }
    this.#warnings++;
    if (this.#warnings > MAX_WARNINGS) throw new MalformedFlight('warnings');
  }

  /** A message may be spread over records, and a record may hold several messages. */
  #readFragment(fragment: Buffer): void {
    this.#messages.push(fragment);
    while (!this.#done && this.#messages.length >= 4) {
      const head = this.#messages.peek();
      const length = head.readUIntBE(1, 3);
      if (length > MAX_FLIGHT_BYTES) throw new MalformedFlight('message_length');
      if (this.#messages.length < 4 + length) return;
      const message = this.#messages.take(4 + length);
      this.#readMessage(message[0] as number, message.subarray(4));
    }
  }

  #readMessage(type: number, body: Buffer): void {
    const { server_hello } = this.#flight;
    if ((server_hello === null) !== (type === MESSAGE.server_hello)) throw new MalformedFlight('unexpected_message');
    if (this.#seen.has(type)) throw new MalformedFlight('unexpected_message');
    this.#seen.add(type);
    try {
      this.#flight = { ...this.#flight, ...this.#partOf(type, body) };
    } catch (error) {
      throw error instanceof Truncated ? new MalformedFlight('length') : error;
    }
  }

  /** RFC 5246 section 7.3. */
  #partOf(type: number, body: Buffer): Partial<ServerFlight> {
    const { server_hello } = this.#flight;
    switch (type) {
      case MESSAGE.server_hello: {
        const hello = readServerHello(body);
        // Whatever follows is encrypted, or waits for the second hello.
        this.#done = hello.version >= TLS_1_3;
        return { server_hello: hello };
      }
      case MESSAGE.certificate:
        return { certificates: readCertificates(body) };
      case MESSAGE.server_key_exchange:
        return {
          key_exchange: readKeyExchange(body, server_hello?.cipher_suite ?? 0),
          signed_key_exchange: body,
        };
      case MESSAGE.certificate_request:
        return { certificate_request: readCertificateRequest(body, (server_hello?.version ?? 0) >= TLS_1_2) };
      case MESSAGE.certificate_status:
        return { ocsp_response: readCertificateStatus(body) };
      case MESSAGE.server_hello_done:
        this.#done = true;
        return {};
      default:
        throw new MalformedFlight('unexpected_message');
    }
  }
}
