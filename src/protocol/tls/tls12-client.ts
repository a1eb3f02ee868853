import { ByteReader, Truncated } from './byte-reader.ts';
import { EXTENSION } from './client-extensions.ts';
import { MalformedFlight } from './malformed-flight.ts';
import { CONTENT, MessageReader, RecordReader } from './record-reader.ts';
import { readCertificates, readServerHello, type ServerHello } from './server-messages.ts';
import { exchangeKeys } from './tls12-key-exchange.ts';
import { Tls12Direction } from './tls12-records.ts';
import { type PrfHash, prf, prfHash, transcriptHash } from './tls12-secrets.ts';
import { type Tls12Suite, tls12Suite } from './tls12-suites.ts';
import { vector16, vector24 } from './vectors.ts';
import { TLS_1_0, TLS_1_2 } from './versions.ts';

export interface Tls12Session {
  readonly master_secret: Buffer;
  readonly session_id: Buffer;
  /** RFC 5077; empty for none. */
  readonly ticket: Buffer;
}

export interface Tls12ClientOptions {
  /** The record that `buildClientHello` made. */
  readonly hello: Buffer;
  /** What the hello offers to take up again; null for nothing. */
  readonly session: Tls12Session | null;
  readonly random: (size_bytes: number) => Buffer;
}

/** What came through once the handshake was finished. */
export interface Tls12Record {
  readonly type: number;
  readonly content: Buffer;
}

const FATAL = 2;
const MESSAGE = {
  server_hello: 2,
  ticket: 4,
  certificate: 11,
  key_exchange: 12,
  request: 13,
  done: 14,
  client_key: 16,
  finished: 20,
  status: 22,
};
const VERIFY_BYTES = 12;
const MASTER_BYTES = 48;
/** Where the random of a hello stands in its record. */
const RANDOM_AT = 11;

/**
 * The client's side of a handshake of TLS 1.0 to 1.2 (RFC 5246 section 7.3), full or abbreviated, without input or output. A
 * certificate that is asked for is answered by none. The server's Finished is verified, its certificate is not. For
 * finding out what a server does, and for nothing that is to be kept secret.
 */
export class Tls12Client {
  readonly #options: Tls12ClientOptions;
  readonly #records = new RecordReader(Object.values(CONTENT));
  readonly #messages = new MessageReader();
  readonly #transcript: Buffer[];
  #hello: ServerHello | null = null;
  #server_random: Buffer = Buffer.alloc(0);
  #suite: Tls12Suite | null = null;
  #hash: PrfHash = 'sha256';
  #leaf: Buffer | null = null;
  #key_exchange: Buffer | null = null;
  #certificate_wanted = false;
  #master: Buffer = Buffer.alloc(0);
  #writing: Tls12Direction | null = null;
  #next_reading: Tls12Direction | null = null;
  #reading: Tls12Direction | null = null;
  #session_id: Buffer = Buffer.alloc(0);
  #ticket: Buffer = Buffer.alloc(0);
  #resumed = false;
  #finished = false;
  #verify_data: Buffer = Buffer.alloc(0);
  #out: Buffer[] = [];
  #later: Tls12Record[] = [];

  constructor(options: Tls12ClientOptions) {
    this.#options = options;
    this.#transcript = [options.hello.subarray(5)];
  }

  /** Both ends have sent their Finished, and the server's is right. */
  get finished(): boolean {
    return this.#finished;
  }

  get resumed(): boolean {
    return this.#resumed;
  }

  get server_hello(): ServerHello | null {
    return this.#hello;
  }

  /** Of the client's Finished, for RFC 5746. */
  get verify_data(): Buffer {
    return this.#verify_data;
  }

  get session(): Tls12Session {
    return { master_secret: this.#master, session_id: this.#session_id, ticket: this.#ticket };
  }

  /**
   * @returns what is to be sent, empty for nothing
   * @throws MalformedFlight where there is no going on, a fatal alert among others; not to be called again
   */
  push(chunk: Buffer): Buffer {
    try {
      this.#records.push(chunk);
      for (let record = this.#records.next(); record !== null; record = this.#records.next()) this.#readRecord(record);
    } catch (error) {
      throw error instanceof Truncated ? new MalformedFlight('length') : error;
    }
    const sent = Buffer.concat(this.#out);
    this.#out = [];
    return sent;
  }

  /** @returns records that came after the handshake, each once */
  takeRecords(): readonly Tls12Record[] {
    const records = this.#later;
    this.#later = [];
    return records;
  }

  /** A record of the finished connection. @throws MalformedFlight where it is not finished */
  seal(type: number, content: Buffer): Buffer {
    if (this.#writing === null) throw new MalformedFlight('not_finished');
    return this.#writing.seal(type, content);
  }

  #readRecord(record: Buffer): void {
    const [type = 0] = record;
    const body = record.subarray(5);
    this.#take(type, this.#reading === null ? body : this.#reading.open(type, body));
  }

  #take(type: number, content: Buffer): void {
    if (this.#finished) return void this.#later.push({ type, content });
    if (type === CONTENT.handshake) return this.#readFragment(content);
    if (type === CONTENT.change_cipher_spec) return this.#changeCipherSpec();
    if (type !== CONTENT.alert) throw new MalformedFlight('unexpected_message');
    if (content[0] === FATAL || content[1] === 0) throw new MalformedFlight('alert');
  }

  #readFragment(fragment: Buffer): void {
    this.#messages.push(fragment);
    for (let message = this.#messages.next(); message !== null; message = this.#messages.next()) {
      if (message[0] === MESSAGE.finished) this.#readFinished(message);
      else {
        this.#transcript.push(message);
        this.#readMessage(message[0] as number, message.subarray(4));
      }
    }
  }

  #readMessage(type: number, body: Buffer): void {
    if ((this.#hello === null) !== (type === MESSAGE.server_hello)) throw new MalformedFlight('unexpected_message');
    if (type === MESSAGE.server_hello) this.#readHello(body);
    else if (type === MESSAGE.certificate) this.#leaf = readCertificates(body)[0] ?? null;
    else if (type === MESSAGE.key_exchange) this.#key_exchange = body;
    else if (type === MESSAGE.request) this.#certificate_wanted = true;
    else if (type === MESSAGE.ticket) this.#ticket = readTicket(body);
    else if (type === MESSAGE.done) this.#answer();
    else if (type !== MESSAGE.status) throw new MalformedFlight('unexpected_message');
  }

  #readHello(body: Buffer): void {
    const hello = readServerHello(body);
    const suite = tls12Suite(hello.cipher_suite);
    if (hello.version < TLS_1_0 || hello.version > TLS_1_2 || suite === null) throw new MalformedFlight('version');
    if (hello.compression_method !== 0) throw new MalformedFlight('compression');
    this.#hello = hello;
    this.#suite = suite;
    this.#hash = prfHash(hello.version, suite);
    this.#server_random = body.subarray(2, 34);
    this.#session_id = Buffer.from(body.subarray(35, 35 + (body[34] as number)));
  }

  /** RFC 5246 section 7.4.5: the server is done, it is the client's turn. */
  #answer(): void {
    const { suite, version, extensions } = this.#chosen();
    if (this.#writing !== null) throw new MalformedFlight('unexpected_message');
    const { random, hello } = this.#options;
    const exchange = exchangeKeys({
      ...{ suite, random, leaf: this.#leaf, server_key_exchange: this.#key_exchange },
      version: hello.readUInt16BE(RANDOM_AT - 2),
    });
    const messages = [
      ...(this.#certificate_wanted ? [message(MESSAGE.certificate, vector24())] : []),
      message(MESSAGE.client_key, exchange.client_key_exchange),
    ];
    this.#transcript.push(...messages);
    this.#out.push(...messages.map((one) => record(CONTENT.handshake, version, one)));
    // RFC 7627 section 4.
    const extended = extensions.includes(EXTENSION.extended_master_secret);
    const [label, seed] = extended
      ? ['extended master secret', transcriptHash(this.#hash, this.#transcript)]
      : ['master secret', Buffer.concat([this.#client_random, this.#server_random])];
    this.#master = prf(this.#hash, exchange.premaster, label, seed, MASTER_BYTES);
    this.#deriveKeys();
    this.#sendFinished();
  }

  get #client_random(): Buffer {
    return this.#options.hello.subarray(RANDOM_AT, RANDOM_AT + 32);
  }

  #chosen() {
    if (this.#hello === null || this.#suite === null) throw new MalformedFlight('unexpected_message');
    return { suite: this.#suite, version: this.#hello.version, extensions: this.#hello.extensions };
  }

  /** RFC 5246 section 6.3. */
  #deriveKeys(): void {
    const { suite, version } = this.#chosen();
    const { random } = this.#options;
    const mac_bytes = suite.mac === null ? 0 : { sha1: 20, sha256: 32, sha384: 48 }[suite.mac];
    const seed = Buffer.concat([this.#server_random, this.#client_random]);
    const size_bytes = 2 * (mac_bytes + suite.key_bytes + suite.iv_bytes);
    const block = new ByteReader(prf(this.#hash, this.#master, 'key expansion', seed, size_bytes));
    const [client_mac, server_mac] = [block.take(mac_bytes), block.take(mac_bytes)];
    const [client_key, server_key] = [block.take(suite.key_bytes), block.take(suite.key_bytes)];
    const [client_iv, server_iv] = [block.take(suite.iv_bytes), block.take(suite.iv_bytes)];
    const shared = { suite, version, random };
    this.#writing = new Tls12Direction({ ...shared, mac_key: client_mac, key: client_key, iv: client_iv });
    this.#next_reading = new Tls12Direction({ ...shared, mac_key: server_mac, key: server_key, iv: server_iv });
  }

  /** Before the server was done it means that the session is taken up again (RFC 5246 section 7.3). */
  #changeCipherSpec(): void {
    const { session } = this.#options;
    if (this.#reading !== null || !this.#messages.is_empty) throw new MalformedFlight('unexpected_message');
    if (this.#next_reading === null) {
      if (session === null || this.#leaf !== null) throw new MalformedFlight('unexpected_message');
      this.#resumed = true;
      this.#master = session.master_secret;
      this.#deriveKeys();
    }
    this.#reading = this.#next_reading;
  }

  #verifyData(label: string): Buffer {
    return prf(this.#hash, this.#master, label, transcriptHash(this.#hash, this.#transcript), VERIFY_BYTES);
  }

  #sendFinished(): void {
    const { version } = this.#chosen();
    this.#verify_data = this.#verifyData('client finished');
    const finished = message(MESSAGE.finished, this.#verify_data);
    this.#transcript.push(finished);
    this.#out.push(record(CONTENT.change_cipher_spec, version, Buffer.of(1)), this.seal(CONTENT.handshake, finished));
  }

  #readFinished(bytes: Buffer): void {
    if (this.#reading === null || !this.#messages.is_empty) throw new MalformedFlight('unexpected_message');
    if (!bytes.subarray(4).equals(this.#verifyData('server finished'))) throw new MalformedFlight('finished');
    this.#transcript.push(bytes);
    if (this.#resumed) this.#sendFinished();
    this.#finished = true;
  }
}

/** RFC 5077 section 3.3. */
function readTicket(body: Buffer): Buffer {
  const reader = new ByteReader(body);
  reader.take(4);
  return Buffer.from(reader.vector16().rest());
}

function message(type: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type), vector24(body)]);
}

function record(type: number, version: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type, version >> 8, version & 0xff), vector16(body)]);
}
