import { Refusal } from '../../../core/errors/index.ts';

/**
 * Field names that may stand once: taking the first or the last of two is where two parsers part ways
 * (RFC 9110 section 5.3). Compared in lower case.
 */
const SINGLETONS = [
  'host',
  'authorization',
  'proxy-authorization',
  'content-length',
  'content-type',
  'content-encoding',
  'content-location',
  'transfer-encoding',
  'expect',
  'upgrade',
  'date',
  'if-modified-since',
  'if-unmodified-since',
  'if-range',
  'max-forwards',
  'range',
  'referer',
  'user-agent',
];

/**
 * The singletons of each length, with a bit each. Names of a request are strings nobody has seen before, and for such a
 * one a Set has to make sure first that there is no other of the same text.
 */
const BY_LENGTH: readonly (readonly { readonly name: string; readonly bit: number }[])[] = Array.from(
  { length: Math.max(...SINGLETONS.map(({ length }) => length)) + 1 },
  (_, length) =>
    SINGLETONS.map((name, index) => ({ name, bit: 1 << index })).filter(({ name }) => name.length === length),
);

/** The bit of a name that may stand once; 0 for others. */
function singletonBit(name: string): number {
  for (const singleton of BY_LENGTH[name.length] ?? []) if (singleton.name === name) return singleton.bit;
  return 0;
}

/** The header fields of a request, by lower-case name; repeated list fields are kept apart. */
export class Fields {
  /** Flat name, value pairs; names in lower case, in the order received. */
  readonly pairs: readonly string[];

  constructor(pairs: readonly string[]) {
    this.pairs = pairs;
  }

  /** The only value of a field; undefined where it is absent or repeated. */
  single(name: string): string | undefined {
    const values = this.all(name);
    return Array.isArray(values) ? undefined : values;
  }

  /** The value of a field, all values where it is repeated, undefined where it is absent. */
  all(name: string): string | string[] | undefined {
    let found: string | string[] | undefined;
    for (let i = 0; i < this.pairs.length; i += 2) {
      if (this.pairs[i] !== name) continue;
      const value = this.pairs[i + 1]!;
      if (found === undefined) found = value;
      else if (Array.isArray(found)) found.push(value);
      else found = [found, value];
    }
    return found;
  }
}

/**
 * Refuses header sections that two parsers could read two ways.
 *
 * @param raw flat name, value pairs as received
 * @throws Refusal ADMIT_FIELD_REPEATED, ADMIT_FIELD
 */
export function readFields(raw: readonly string[]): Fields {
  const pairs = new Array<string>(raw.length);
  let seen = 0;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    pairs[i] = name;
    pairs[i + 1] = raw[i + 1]!;
    // `Content_Length` is `Content-Length` to servers that map fields to environment variables.
    if (name.includes('_') && singletonBit(name.replaceAll('_', '-')) !== 0) {
      throw new Refusal('ADMIT_FIELD', { reason: 'underscore in place of a hyphen' });
    }
    const bit = singletonBit(name);
    if ((seen & bit) !== 0) {
      throw new Refusal(name === 'host' ? 'ADMIT_HOST' : 'ADMIT_FIELD_REPEATED', { reason: name });
    }
    seen |= bit;
  }
  return new Fields(pairs);
}
