import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { MalformedFlight } from './malformed-flight.ts';
import type { Tls12Suite } from './tls12-suites.ts';
import { uint16 } from './vectors.ts';
import { TLS_1_1 } from './versions.ts';

export interface DirectionOptions {
  readonly suite: Tls12Suite;
  readonly version: number;
  readonly mac_key: Buffer;
  readonly key: Buffer;
  readonly iv: Buffer;
  readonly random: (size_bytes: number) => Buffer;
}

const TAG_BYTES = 16;
const BLOCK_BYTES = 16;

/** Protection of records in one direction (RFC 5246 section 6.2.3, RFC 5288 section 3, RFC 7905 section 2), from its first record on. */
export class Tls12Direction {
  readonly #options: DirectionOptions;
  #sequence = 0n;
  /** TLS 1.0: the last block of the record before (RFC 2246 section 6.2.3.2). */
  #chained: Buffer;

  constructor(options: DirectionOptions) {
    this.#options = options;
    this.#chained = options.iv;
  }

  /** @returns the whole record */
  seal(type: number, content: Buffer): Buffer {
    const { suite, version } = this.#options;
    const body = suite.mode === 'cbc' ? this.#sealCbc(type, content) : this.#sealAead(type, content);
    this.#sequence++;
    return Buffer.concat([Buffer.of(type), uint16(version), uint16(body.length), body]);
  }

  /** @throws MalformedFlight where it was not protected with these keys */
  open(type: number, body: Buffer): Buffer {
    try {
      const content = this.#options.suite.mode === 'cbc' ? this.#openCbc(type, body) : this.#openAead(type, body);
      this.#sequence++;
      return content;
    } catch {
      throw new MalformedFlight('bad_record_mac');
    }
  }

  #head(type: number, length: number): Buffer {
    const sequence = Buffer.alloc(8);
    sequence.writeBigUInt64BE(this.#sequence);
    return Buffer.concat([sequence, Buffer.of(type), uint16(this.#options.version), uint16(length)]);
  }

  #nonce(explicit: Buffer): Buffer {
    const { suite, iv } = this.#options;
    if (suite.mode === 'gcm') return Buffer.concat([iv, explicit]);
    const padded = Buffer.concat([Buffer.alloc(4), explicit]);
    return Buffer.from(iv.map((byte, at) => byte ^ (padded[at] as number)));
  }

  #sealAead(type: number, content: Buffer): Buffer {
    const { suite, key } = this.#options;
    const head = this.#head(type, content.length);
    const explicit = head.subarray(0, 8);
    const nonce = this.#nonce(explicit);
    const cipher = createCipheriv(suite.cipher as 'aes-128-gcm', key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(head, { plaintextLength: content.length });
    const sealed = Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()]);
    return suite.mode === 'gcm' ? Buffer.concat([explicit, sealed]) : sealed;
  }

  #openAead(type: number, body: Buffer): Buffer {
    const { suite, key } = this.#options;
    const explicit_bytes = suite.mode === 'gcm' ? 8 : 0;
    const length = body.length - explicit_bytes - TAG_BYTES;
    const head = this.#head(type, length);
    const nonce = this.#nonce(suite.mode === 'gcm' ? body.subarray(0, 8) : head.subarray(0, 8));
    const decipher = createDecipheriv(suite.cipher as 'aes-128-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(head, { plaintextLength: length });
    decipher.setAuthTag(body.subarray(body.length - TAG_BYTES));
    return Buffer.concat([decipher.update(body.subarray(explicit_bytes, explicit_bytes + length)), decipher.final()]);
  }

  #mac(type: number, content: Buffer): Buffer {
    const { suite, mac_key } = this.#options;
    const hmac = createHmac(suite.mac ?? 'sha1', mac_key);
    return hmac.update(this.#head(type, content.length)).update(content).digest();
  }

  #sealCbc(type: number, content: Buffer): Buffer {
    const { suite, key, version, random } = this.#options;
    const explicit = version >= TLS_1_1;
    const iv = explicit ? random(BLOCK_BYTES) : this.#chained;
    const plain = Buffer.concat([content, this.#mac(type, content)]);
    const padding_bytes = BLOCK_BYTES - (plain.length % BLOCK_BYTES);
    const cipher = createCipheriv(suite.cipher, key, iv).setAutoPadding(false);
    const padded = Buffer.concat([plain, Buffer.alloc(padding_bytes, padding_bytes - 1)]);
    const sealed = Buffer.concat([cipher.update(padded), cipher.final()]);
    this.#chained = sealed.subarray(-BLOCK_BYTES);
    return explicit ? Buffer.concat([iv, sealed]) : sealed;
  }

  /** In whatever time it takes: there is no secret of anybody in what a probe is sent. */
  #openCbc(type: number, body: Buffer): Buffer {
    const { suite, key, version } = this.#options;
    const explicit = version >= TLS_1_1;
    const iv = explicit ? body.subarray(0, BLOCK_BYTES) : this.#chained;
    const sealed = explicit ? body.subarray(BLOCK_BYTES) : body;
    const decipher = createDecipheriv(suite.cipher, key, iv).setAutoPadding(false);
    const padded = Buffer.concat([decipher.update(sealed), decipher.final()]);
    this.#chained = sealed.subarray(-BLOCK_BYTES);
    const plain = padded.subarray(0, padded.length - 1 - (padded.at(-1) ?? 0));
    const mac_bytes = { sha1: 20, sha256: 32, sha384: 48 }[suite.mac ?? 'sha1'];
    const content = plain.subarray(0, plain.length - mac_bytes);
    if (plain.length < mac_bytes || !this.#mac(type, content).equals(plain.subarray(plain.length - mac_bytes))) {
      throw new MalformedFlight('bad_record_mac');
    }
    return content;
  }
}
