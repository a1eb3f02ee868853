import { Truncated } from './byte-reader.ts';
import { MalformedFlight } from './malformed-flight.ts';
import { CONTENT, MessageReader, RecordReader } from './record-reader.ts';
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

const MAX_WARNINGS = 4;

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
  readonly #records = new RecordReader([CONTENT.alert, CONTENT.handshake]);
  readonly #messages = new MessageReader();
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
    this.#records.push(chunk);
    while (!this.#done) {
      const record = this.#records.next();
      if (record === null) break;
      const fragment = record.subarray(5);
      if (record[0] === CONTENT.alert) this.#readAlert(fragment);
      else this.#readFragment(fragment);
    }
    return this.#done;
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
    while (!this.#done) {
      const message = this.#messages.next();
      if (message === null) return;
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
