import { isUtf8 } from 'node:buffer';

import { findDuplicateKey } from './duplicate.ts';
import { JsonError, type JsonErrorCode } from './error.ts';
import { HASH_PRIME, HASH_SEED, hashBytes } from './hash.ts';
import { DEFAULT_JSON_LIMITS, type JsonLimits, MAX_DEPTH } from './limits.ts';
import { scanInteger, scanNumber } from './number.ts';
import { pointerTo } from './pointer.ts';
import { scanEscape } from './string.ts';
import {
  ARRAY,
  ESCAPED,
  FALSE,
  INTEGER,
  KEY_ESCAPED,
  NULL,
  NUMBER,
  OBJECT,
  STRING,
  type Tape,
  TRUE,
  WIDE,
} from './tape.ts';
import { RETAINED_NODES, TapeWriter } from './tape-writer.ts';
import { decodeString } from './text.ts';

const FORBIDDEN_HASH = hashBytes(Buffer.from('__proto__'), 0, 9);

/**
 * Strict RFC 8259 parser. One pass over the bytes writes a {@link Tape}; nothing is decoded or allocated
 * for each node. An instance is a pool: its tape is reused, and is valid until the next `parse`.
 *
 * Stricter than JSON.parse: valid UTF-8 without byte order mark, no duplicate names, no name `__proto__`,
 * no unpaired surrogate escapes, and the bounds of {@link JsonLimits}.
 */
export class JsonParser extends TapeWriter {
  private readonly limits: JsonLimits;
  private keys = 0;
  private items = 0;

  constructor(limits: JsonLimits = DEFAULT_JSON_LIMITS, capacity = 256) {
    super(capacity);
    this.limits = { ...limits, max_depth: Math.min(limits.max_depth, MAX_DEPTH) };
  }

  /** @throws JsonError, and nothing else, for any bytes. */
  parse(bytes: Buffer): Tape {
    this.begin(bytes);
    this.keys = 0;
    this.items = 0;
    if (bytes.length > this.limits.max_bytes) throw new JsonError('bytes', this.limits.max_bytes);
    // A byte order mark is not whitespace (RFC 8259 section 8.1); named here so that the caller can tell.
    if (bytes[0] === 0xef || !isUtf8(bytes)) throw new JsonError('utf8', 0);
    const end = this.skip(this.value(this.skip(0), 0));
    if (end < bytes.length) this.refuse('trailing', end);
    this.tape.size = this.size;
    return this.tape;
  }

  /** Parses the value at `at`; returns the offset after it. */
  private value(at: number, depth: number): number {
    switch (this.bytes[at]) {
      case 0x22:
        return this.string(at);
      case 0x7b:
        return this.object(at, depth + 1);
      case 0x5b:
        return this.array(at, depth + 1);
      case 0x74:
        return this.word(at, TRUE, 'true');
      case 0x66:
        return this.word(at, FALSE, 'false');
      case 0x6e:
        return this.word(at, NULL, 'null');
      default:
        return this.number(at);
    }
  }

  private object(at: number, depth: number): number {
    if (depth > this.limits.max_depth) this.refuse('depth', at);
    const node = this.open(OBJECT, at);
    let count = 0;
    let low = 0;
    let high = 0;
    let suspected = false;
    let next = this.skip(at + 1);
    if (this.bytes[next] === 0x7d) return this.close(node, next + 1, 0);
    for (;;) {
      next = this.key(next);
      if (this.bytes[next] !== 0x3a) next = this.colon(next);
      // Two small filters over different bits of the hash: only where both have seen a name do names meet.
      const hash = this.keyHash;
      const lowBit = 1 << (hash >>> 27);
      const highBit = 1 << ((hash >>> 13) & 31);
      if ((low & lowBit) !== 0 && (high & highBit) !== 0) suspected = true;
      low |= lowBit;
      high |= highBit;
      next = this.value(this.skip(next + 1), depth);
      count++;
      if (this.bytes[next] !== 0x2c) next = this.skip(next);
      const byte = this.bytes[next];
      if (byte === 0x2c) next = this.skip(next + 1);
      else if (byte === 0x7d) break;
      else this.refuse('syntax', next);
    }
    if (suspected) this.refuseDuplicates(node, count);
    return this.close(node, next + 1, count);
  }

  /** Offset of the colon after a name. */
  private colon(at: number): number {
    const next = this.skip(at);
    if (this.bytes[next] !== 0x3a) this.refuse('syntax', next);
    return next;
  }

  private array(at: number, depth: number): number {
    const { max_depth, max_items, max_array_items } = this.limits;
    if (depth > max_depth) this.refuse('depth', at);
    const node = this.open(ARRAY, at);
    let count = 0;
    let next = this.skip(at + 1);
    if (this.bytes[next] === 0x5d) return this.close(node, next + 1, 0);
    for (;;) {
      if (++this.items > max_items) this.refuse('items', next);
      if (++count > max_array_items) this.refuse('array', next);
      this.keyStart = -1;
      this.keyFlags = 0;
      next = this.value(next, depth);
      if (this.bytes[next] !== 0x2c) next = this.skip(next);
      const byte = this.bytes[next];
      if (byte === 0x2c) next = this.skip(next + 1);
      else if (byte === 0x5d) break;
      else this.refuse('syntax', next);
    }
    return this.close(node, next + 1, count);
  }

  /** Reads a member's name and keeps it for the node of its value. */
  private key(at: number): number {
    const { bytes } = this;
    if (bytes[at] !== 0x22) this.refuse('syntax', at);
    let hash = HASH_SEED;
    let next = at + 1;
    let byte = bytes[next] as number;
    while (byte !== 0x22 && byte !== 0x5c && byte >= 0x20) {
      hash = Math.imul(hash ^ byte, HASH_PRIME);
      byte = bytes[++next] as number;
    }
    let flags = 0;
    if (byte === 0x5c) {
      next = this.stringEnd(next) - 1;
      const name = Buffer.from(decodeString(bytes, at + 1, next, true));
      hash = hashBytes(name, 0, name.length);
      flags = KEY_ESCAPED;
    } else if (byte !== 0x22) this.refuse('syntax', next);
    if (next - at - 1 > this.limits.max_string_bytes) this.refuse('string', at);
    if (++this.keys > this.limits.max_keys) this.refuse('keys', at);
    this.keyStart = at + 1;
    this.keyEnd = next;
    this.keyHash = hash;
    this.keyFlags = flags;
    if (hash === FORBIDDEN_HASH) this.refuseForbidden(at);
    return next + 1;
  }

  private string(at: number): number {
    const { bytes } = this;
    let seen = 0;
    let next = at + 1;
    let byte = bytes[next] as number;
    while (byte !== 0x22 && byte !== 0x5c && byte >= 0x20) {
      seen |= byte;
      byte = bytes[++next] as number;
    }
    let kind = STRING | (seen > 0x7f ? WIDE : 0);
    if (byte === 0x5c) {
      kind = STRING | WIDE | ESCAPED;
      next = this.stringEnd(next) - 1;
    } else if (byte !== 0x22) this.refuse('syntax', next);
    if (next - at - 1 > this.limits.max_string_bytes) this.refuse('string', at);
    return this.leaf(kind, at, next + 1);
  }

  /** Offset after the closing quote, from anywhere inside a string. */
  private stringEnd(at: number): number {
    const { bytes } = this;
    let next = at;
    for (;;) {
      const byte = bytes[next] as number;
      if (byte === 0x22) return next + 1;
      if (byte === 0x5c) {
        const end = scanEscape(bytes, next);
        if (end < 0) this.refuse('syntax', next);
        next = end;
      } else if (byte >= 0x20) next++;
      else this.refuse('syntax', next);
    }
  }

  private number(at: number): number {
    const integer = scanInteger(this.bytes, at);
    if (integer < 0) this.refuse('syntax', at);
    const byte = this.bytes[integer];
    const plain = byte !== 0x2e && byte !== 0x65 && byte !== 0x45;
    const end = plain ? integer : scanNumber(this.bytes, at);
    if (end < 0) this.refuse('syntax', at);
    if (end - at > this.limits.max_number_length) this.refuse('number', at);
    return this.leaf(plain ? NUMBER | INTEGER : NUMBER, at, end);
  }

  private word(at: number, kind: number, text: string): number {
    for (let index = 1; index < text.length; index++) {
      if (this.bytes[at + index] !== text.charCodeAt(index)) this.refuse('syntax', at);
    }
    return this.leaf(kind, at, at + text.length);
  }

  private skip(at: number): number {
    const { bytes } = this;
    let next = at;
    let byte = bytes[next] as number;
    while (byte <= 0x20 && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)) {
      byte = bytes[++next] as number;
    }
    return next;
  }

  private refuseDuplicates(node: number, count: number): void {
    const duplicate = findDuplicateKey(this.tape, node + 1, this.size, count);
    if (duplicate < 0) return;
    throw new JsonError('duplicate-key', this.tape.start(duplicate), pointerTo(this.tape, duplicate));
  }

  private refuseForbidden(at: number): void {
    const name = decodeString(this.bytes, this.keyStart, this.keyEnd, this.keyFlags !== 0);
    if (name === '__proto__') this.refuse('forbidden-key', at);
  }

  private refuse(code: JsonErrorCode, offset: number): never {
    throw new JsonError(code, offset);
  }
}

/**
 * Parses one text into a tape of its own.
 *
 * @throws JsonError, and nothing else, for any bytes.
 */
export function parseJson(bytes: Buffer, limits: JsonLimits = DEFAULT_JSON_LIMITS): Tape {
  const capacity = Math.min(RETAINED_NODES, Math.max(16, bytes.length >> 4));
  return new JsonParser(limits, capacity).parse(bytes);
}
