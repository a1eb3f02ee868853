import { timingSafeEqual } from 'node:crypto';
import { Truncated } from './byte-reader.ts';
import { MalformedFlight } from './malformed-flight.ts';
import { provesKey } from './proof-of-key.ts';
import type { RecordProtection } from './record-protection.ts';
import { suiteHash } from './record-protection.ts';
import { CONTENT, MessageReader, RecordReader } from './record-reader.ts';
import { readServerHello, type ServerHello } from './server-messages.ts';
import { type Resumption, type Tls13HelloOptions, tls13Hello } from './tls13-hello.ts';
import { Tls13Keys } from './tls13-keys.ts';
import {
  type CertificateRequest13,
  type Certificates13,
  readCertificateRequest13,
  readCertificates13,
  readCertificateVerify,
  readEncryptedExtensions,
  readNewSessionTicket,
} from './tls13-messages.ts';
import { TLS_1_3 } from './versions.ts';

export interface Tls13HandshakeOptions extends Tls13HelloOptions {
  /**
   * What is done when the server has said all:
   * - `leave`: nothing
   * - `finish`: the handshake is finished and closed, which brings tickets
   * - bytes: the same, and these are sent as application data before the end
   */
  readonly after: 'leave' | 'finish' | Buffer;
}

export interface Ticket {
  readonly resumption: Omit<Resumption, 'obfuscated_age'>;
  readonly age_add: number;
  /** 0 where early data is not allowed. */
  readonly max_early_data_bytes: number;
}

/** What a handshake has brought so far; null for what has not come. */
export interface Tls13Seen {
  readonly server_hello: ServerHello | null;
  /** AlertDescription, encrypted or not. */
  readonly alert: number | null;
  readonly alpn: string | null;
  readonly certificate_request: CertificateRequest13 | null;
  readonly certificates: Certificates13 | null;
  /** SignatureScheme of the server's CertificateVerify. */
  readonly signature_scheme: number | null;
  /** The server has signed with the key of its leaf. */
  readonly proves_key: boolean | null;
  /** The server's Finished was right: what came before is what it sent. */
  readonly finished: boolean;
  readonly tickets: readonly Ticket[];
  /** Application data, the first of it. */
  readonly answer: Buffer;
}

const MESSAGE = {
  server_hello: 2,
  new_session_ticket: 4,
  encrypted_extensions: 8,
  certificate: 11,
  certificate_request: 13,
  certificate_verify: 15,
  finished: 20,
} as const;

const CHANGE_CIPHER_SPEC = Buffer.of(20, 3, 3, 0, 1, 1);
const CLOSE_NOTIFY = Buffer.of(1, 0);
const MAX_TICKETS = 4;
const MAX_ANSWER_BYTES = 16_384;
const EMPTY = Buffer.alloc(0);

/** What one message may be followed by (RFC 8446 section 2). */
const ORDER: Readonly<Record<number, readonly number[]>> = {
  [0]: [MESSAGE.server_hello],
  [MESSAGE.server_hello]: [MESSAGE.encrypted_extensions],
  [MESSAGE.encrypted_extensions]: [MESSAGE.certificate_request, MESSAGE.certificate, MESSAGE.finished],
  [MESSAGE.certificate_request]: [MESSAGE.certificate],
  [MESSAGE.certificate]: [MESSAGE.certificate_verify],
  [MESSAGE.certificate_verify]: [MESSAGE.finished],
  [MESSAGE.finished]: [MESSAGE.new_session_ticket],
  [MESSAGE.new_session_ticket]: [MESSAGE.new_session_ticket],
};

/**
 * A client's side of one handshake of TLS 1.3 (RFC 8446), with one suite and one group to choose from, at bounded memory. It reads
 * what a library hides: the chain as sent. It trusts nobody, so nothing of worth may be sent by way of it.
 */
export class Tls13Handshake {
  readonly opening: Buffer;
  readonly #options: Tls13HandshakeOptions;
  readonly #keys: Tls13Keys;
  readonly #records = new RecordReader(Object.values(CONTENT));
  readonly #messages = new MessageReader();
  #read: RecordProtection | null = null;
  #write: RecordProtection | null = null;
  #last = 0;
  #seen: Tls13Seen = {
    server_hello: null,
    alert: null,
    alpn: null,
    certificate_request: null,
    certificates: null,
    signature_scheme: null,
    proves_key: null,
    finished: false,
    tickets: [],
    answer: EMPTY,
  };

  /** @throws RangeError for a suite that is not of TLS 1.3, or not spoken here */
  constructor(options: Tls13HandshakeOptions) {
    const hash = suiteHash(options.cipher_suite);
    if (hash === null) throw new RangeError('suite');
    this.#options = options;
    this.#keys = new Tls13Keys(hash, options.cipher_suite);
    this.opening = tls13Hello(options, hash);
    this.#keys.add(this.opening.subarray(5));
  }

  get seen(): Tls13Seen {
    return this.#seen;
  }

  /**
   * @param chunk what arrived since the last call
   * @returns `enough` when there is no more to learn, bytes to be sent
   * @throws MalformedFlight; not to be called again
   */
  push(chunk: Buffer): 'more' | 'enough' | Buffer {
    try {
      this.#records.push(chunk);
      for (let record = this.#records.next(); record !== null; record = this.#records.next()) {
        const step = this.#readRecord(record);
        if (step !== 'more') return step;
      }
      return 'more';
    } catch (error) {
      throw error instanceof Truncated ? new MalformedFlight('length') : error;
    }
  }

  #readRecord(record: Buffer): 'more' | 'enough' | Buffer {
    const type = record.readUInt8(0);
    // RFC 8446 appendix D.4: for what lies between, and says nothing.
    if (type === CONTENT.change_cipher_spec) return 'more';
    if (this.#read === null || type !== CONTENT.application_data) return this.#readContent(type, record.subarray(5));
    const opened = this.#read.open(record);
    return this.#readContent(opened.type, opened.content);
  }

  #readContent(type: number, content: Buffer): 'more' | 'enough' | Buffer {
    if (type === CONTENT.alert) return this.#readAlert(content);
    if (type === CONTENT.application_data) return this.#readAnswer(content);
    if (type !== CONTENT.handshake) throw new MalformedFlight('unexpected_record');
    this.#messages.push(content);
    for (let message = this.#messages.next(); message !== null; message = this.#messages.next()) {
      const step = this.#readMessage(message);
      if (step !== 'more') return step;
    }
    return 'more';
  }

  #readAlert(content: Buffer): 'enough' {
    const [, description] = content;
    if (content.length !== 2 || description === undefined) throw new MalformedFlight('alert');
    this.#seen = { ...this.#seen, alert: description };
    return 'enough';
  }

  #readAnswer(content: Buffer): 'more' | 'enough' {
    if (!this.#seen.finished) throw new MalformedFlight('unexpected_record');
    const answer = Buffer.concat([this.#seen.answer, content]).subarray(0, MAX_ANSWER_BYTES);
    this.#seen = { ...this.#seen, answer };
    return answer.length === MAX_ANSWER_BYTES ? 'enough' : 'more';
  }

  #readMessage(message: Buffer): 'more' | 'enough' | Buffer {
    const type = message.readUInt8(0);
    if (!ORDER[this.#last]?.includes(type)) throw new MalformedFlight('unexpected_message');
    this.#last = type;
    const body = message.subarray(4);
    if (type === MESSAGE.new_session_ticket) return this.#readTicket(body);
    if (type === MESSAGE.finished) return this.#readFinished(message);
    this.#readPart(type, body);
    this.#keys.add(message);
    return type === MESSAGE.server_hello ? this.#startHandshake() : 'more';
  }

  /** What only says something. */
  #readPart(type: number, body: Buffer): void {
    switch (type) {
      case MESSAGE.server_hello:
        this.#seen = { ...this.#seen, server_hello: readServerHello(body) };
        return;
      case MESSAGE.encrypted_extensions:
        this.#seen = { ...this.#seen, alpn: readEncryptedExtensions(body) };
        return;
      case MESSAGE.certificate_request:
        this.#seen = { ...this.#seen, certificate_request: readCertificateRequest13(body) };
        return;
      case MESSAGE.certificate:
        this.#seen = { ...this.#seen, certificates: readCertificates13(body) };
        return;
      default: {
        const proof = readCertificateVerify(body);
        const leaf = this.#seen.certificates?.certificates[0] ?? EMPTY;
        const proves_key = provesKey(leaf, proof, this.#keys.transcript_hash);
        this.#seen = { ...this.#seen, signature_scheme: proof.scheme, proves_key };
      }
    }
  }

  #startHandshake(): 'more' | 'enough' {
    const { server_hello } = this.#seen;
    const { cipher_suite, share, resumption } = this.#options;
    if (server_hello?.version !== TLS_1_3 || server_hello.hello_retry) return 'enough';
    if (server_hello.cipher_suite !== cipher_suite || server_hello.group !== share.group) return 'enough';
    // RFC 8446 section 5.1: a key change stands at the end of a record.
    if (server_hello.share === null || !this.#messages.is_empty) throw new MalformedFlight('key_share');
    const psk = server_hello.resumed ? (resumption?.psk ?? null) : null;
    const { read, write } = this.#keys.startHandshake(psk, share.agree(server_hello.share));
    this.#read = read;
    this.#write = write;
    return 'more';
  }

  #readFinished(message: Buffer): 'enough' | Buffer {
    const expected = this.#keys.serverFinished();
    const body = message.subarray(4);
    const is_right = body.length === expected.length && timingSafeEqual(body, expected);
    if (!is_right || !this.#messages.is_empty) throw new MalformedFlight('finished');
    this.#keys.add(message);
    this.#seen = { ...this.#seen, finished: true };
    return this.#options.after === 'leave' ? 'enough' : this.#finish(this.#options.after);
  }

  /** RFC 8446 section 4.4: no certificate where one is asked for, and the Finished; then what is to be said, and the end. */
  #finish(after: 'finish' | Buffer): Buffer {
    const { read, write } = this.#keys.startApplication();
    const { context } = this.#seen.certificate_request ?? {};
    const none =
      context === undefined
        ? []
        : [handshake(11, Buffer.concat([Buffer.of(context.length), context, Buffer.alloc(3)]))];
    for (const message of none) this.#keys.add(message);
    const finished = handshake(MESSAGE.finished, this.#keys.clientFinished());
    this.#keys.add(finished);
    const sealed = [...none, finished].map((message) => this.#write!.seal(CONTENT.handshake, message));
    this.#read = read;
    const said = after === 'finish' ? [] : [write.seal(CONTENT.application_data, after)];
    // One that still waits for an answer keeps the connection open.
    const end = after === 'finish' ? [write.seal(CONTENT.alert, CLOSE_NOTIFY)] : [];
    return Buffer.concat([CHANGE_CIPHER_SPEC, ...sealed, ...said, ...end]);
  }

  #readTicket(body: Buffer): 'more' | 'enough' {
    const { ticket, nonce, age_add, max_early_data_bytes } = readNewSessionTicket(body);
    const psk = this.#keys.resumptionKey(nonce);
    const tickets = [...this.#seen.tickets, { resumption: { ticket, psk }, age_add, max_early_data_bytes }];
    this.#seen = { ...this.#seen, tickets };
    const is_all = this.#options.after === 'finish' || tickets.length === MAX_TICKETS;
    return is_all ? 'enough' : 'more';
  }
}

function handshake(type: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type, body.length >> 16, (body.length >> 8) & 0xff, body.length & 0xff), body]);
}
