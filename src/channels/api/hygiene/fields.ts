import { Refusal } from '../../../core/errors/index.ts';

/**
 * Field names that may stand once: taking the first or the last of two is where two parsers part ways
 * (RFC 9110 section 5.3). Compared in lower case.
 */
const SINGLETONS = new Set([
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
]);

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
  let seen = '';
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    pairs[i] = name;
    pairs[i + 1] = raw[i + 1]!;
    // `Content_Length` is `Content-Length` to servers that map fields to environment variables.
    if (name.includes('_') && SINGLETONS.has(name.replaceAll('_', '-'))) {
      throw new Refusal('ADMIT_FIELD', { reason: 'underscore in place of a hyphen' });
    }
    if (!SINGLETONS.has(name)) continue;
    if (seen.includes(`\n${name}\n`)) {
      throw new Refusal(name === 'host' ? 'ADMIT_HOST' : 'ADMIT_FIELD_REPEATED', { reason: name });
    }
    seen += `\n${name}\n`;
  }
  return new Fields(pairs);
}
