import {
  deriveSecret,
  earlySecret,
  expandLabel,
  finishedMac,
  HASH_BYTES,
  type HashName,
  handshakeSecret,
  hashOf,
  masterSecret,
} from './key-schedule.ts';
import { RecordProtection } from './record-protection.ts';

/** The keys of one handshake of TLS 1.3 as its client has them, stage by stage (RFC 8446 section 7.1). */
export class Tls13Keys {
  readonly #hash: HashName;
  readonly #cipher_suite: number;
  readonly #transcript: Buffer[] = [];
  #secret: Buffer = Buffer.alloc(0);
  #client_traffic: Buffer = Buffer.alloc(0);
  #server_traffic: Buffer = Buffer.alloc(0);

  constructor(hash: HashName, cipher_suite: number) {
    this.#hash = hash;
    this.#cipher_suite = cipher_suite;
  }

  /** A handshake message as sent or read, with its header. */
  add(message: Buffer): void {
    this.#transcript.push(message);
  }

  /** Of all messages so far. */
  get transcript_hash(): Buffer {
    return hashOf(this.#hash, this.#transcript);
  }

  /** After the ServerHello. @returns what opens and seals the rest of the handshake */
  startHandshake(
    psk: Buffer | null,
    shared: Buffer,
  ): { readonly read: RecordProtection; readonly write: RecordProtection } {
    this.#secret = handshakeSecret(this.#hash, earlySecret(this.#hash, psk), shared);
    return this.#trafficOf('hs');
  }

  /** What the server's Finished is to hold, before it is added. */
  serverFinished(): Buffer {
    return finishedMac(this.#hash, this.#server_traffic, this.transcript_hash);
  }

  /** What the client's Finished is to hold, before it is added. */
  clientFinished(): Buffer {
    return finishedMac(this.#hash, this.#client_traffic, this.transcript_hash);
  }

  /** After the server's Finished, and before anything of the client's. */
  startApplication(): { readonly read: RecordProtection; readonly write: RecordProtection } {
    const client_handshake = this.#client_traffic;
    this.#secret = masterSecret(this.#hash, this.#secret);
    const protections = this.#trafficOf('ap');
    // The client's Finished is still made with the key of the handshake.
    this.#client_traffic = client_handshake;
    return protections;
  }

  /** After the client's Finished: the key that a ticket with this nonce stands for (RFC 8446 section 4.6.1). */
  resumptionKey(nonce: Buffer): Buffer {
    const master = deriveSecret(this.#hash, this.#secret, 'res master', this.transcript_hash);
    return expandLabel(this.#hash, master, 'resumption', nonce, HASH_BYTES[this.#hash]);
  }

  #trafficOf(stage: 'hs' | 'ap') {
    const { transcript_hash } = this;
    this.#client_traffic = deriveSecret(this.#hash, this.#secret, `c ${stage} traffic`, transcript_hash);
    this.#server_traffic = deriveSecret(this.#hash, this.#secret, `s ${stage} traffic`, transcript_hash);
    return {
      read: new RecordProtection(this.#cipher_suite, this.#server_traffic),
      write: new RecordProtection(this.#cipher_suite, this.#client_traffic),
    };
  }
}
