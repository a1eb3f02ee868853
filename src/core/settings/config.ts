/**
 * The kinds of value a configuration may hold. Every folder's `config.ts` is built from these, so a duration
 * looks and fails the same everywhere, and the JSON Schema and the reference page come from the same place.
 *
 * A field's `problem` reads after its key path ("must be …"); the loader adds the value found, unless the field
 * is secret.
 */
import { isIP } from 'node:net';
import { z } from 'zod';
import { DURATION_PATTERN, parseDuration } from '../../protocol/units/duration.ts';
import { PERCENT_PATTERN, parsePercent } from '../../protocol/units/percent.ts';
import { BYTE_RATE_PATTERN, parseByteRate, parseRate, RATE_PATTERN, type Rate } from '../../protocol/units/rate.ts';
import type { UnitResult } from '../../protocol/units/result.ts';
import { parseSize, SIZE_PATTERN } from '../../protocol/units/size.ts';

export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      /** Reads after the key path; never holds the text. */
      readonly problem: string;
      readonly suggestion?: string;
      /** The text may hold a secret and must not be shown. */
      readonly hidden?: boolean;
    };

/** A text that is read into a value. */
export type TextField<Value> = z.ZodPipe<z.ZodString, z.ZodTransform<Awaited<Value>, string>>;

/** What editors and the reference page say about a field; every member is a JSON Schema annotation or keyword. */
export interface FieldNote {
  readonly description: string;
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  /** Standard JSON Schema annotation; here it marks a secret, whose value is never shown. */
  readonly writeOnly?: boolean;
  /** Our annotation: what kind of text this is, for the reference page. */
  readonly 'x-kind'?: string;
}

/** A text field whose reader decides; the note gives editors the nearest JSON Schema can say. */
export function textField<Value>(read: (text: string) => Parsed<Value>, note: FieldNote): TextField<Value> {
  return z
    .string()
    .transform((text, context) => {
      const parsed = read(text);
      if (parsed.ok) return parsed.value as Awaited<Value>;
      context.issues.push({
        code: 'custom',
        message: parsed.problem,
        input: text,
        params: { suggestion: parsed.suggestion, hidden: parsed.hidden },
      });
      return z.NEVER;
    })
    .meta({ ...note });
}

/** A duration with a unit; bounds are durations too. Value: milliseconds. */
export function duration(options: { min: string; max: string; about: string }): TextField<number> {
  const bounds = { min_ms: known(parseDuration(options.min)), max_ms: known(parseDuration(options.max)) };
  return textField((text) => parseDuration(text, bounds), {
    description: options.about,
    pattern: DURATION_PATTERN,
    'x-kind': `duration, ${options.min} to ${options.max}`,
  });
}

/** A size with a unit; bounds are sizes too. Value: bytes. */
export function size(options: { min: string; max: string; about: string }): TextField<number> {
  const bounds = { min_bytes: known(parseSize(options.min)), max_bytes: known(parseSize(options.max)) };
  return textField((text) => parseSize(text, bounds), {
    description: options.about,
    pattern: SIZE_PATTERN,
    'x-kind': `size, ${options.min} to ${options.max}`,
  });
}

/** So many in a window. */
export function rate(about: string): TextField<Rate> {
  return textField(parseRate, { description: about, pattern: RATE_PATTERN, 'x-kind': 'rate' });
}

/** So many bytes in a window. */
export function byteRate(about: string): TextField<Rate> {
  return textField(parseByteRate, { description: about, pattern: BYTE_RATE_PATTERN, 'x-kind': 'byte rate' });
}

/** A share of a whole, written as a percentage. Value: 0 to 1. */
export function percent(options: { min: number; about: string }): TextField<number> {
  return textField((text) => parsePercent(text, options.min), {
    description: options.about,
    pattern: PERCENT_PATTERN,
    'x-kind': `percentage, ${options.min}% to 100%`,
  });
}

/** A whole number without a unit: a count of things. */
export function count(options: { min: number; max: number; about: string }): z.ZodInt {
  return z.int().min(options.min).max(options.max).meta({ description: options.about });
}

const NAME_PATTERN = '^[a-z][a-z0-9-]{0,62}$';
const NAME = new RegExp(NAME_PATTERN);

/** A name the user gives to something: a zone, a party, a machine, a group, an API, a trust. */
export function name(about: string): TextField<string> {
  return textField((text) => (NAME.test(text) ? good(text) : bad(NAME_FORM)), {
    description: about,
    pattern: NAME_PATTERN,
    'x-kind': 'name',
  });
}

const NAME_FORM =
  'must be a name of lower-case letters, digits and hyphens, beginning with a letter, at most 63 characters long';

const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** A title for people: one line, at most 200 characters. */
export function title(about: string): TextField<string> {
  const form = 'must be one line of 1 to 200 characters';
  const fits = (text: string) => text.length > 0 && text.length <= 200 && !CONTROL.test(text);
  return textField((text) => (fits(text) ? good(text) : bad(form)), { description: about, 'x-kind': 'text' });
}

/** A file or folder; relative paths start at the folder of sallyport.yaml. */
export function path(about: string, example: string): TextField<string> {
  const form = 'must be a path of 1 to 1024 characters, on one line';
  const fits = (text: string) => text.length > 0 && text.length <= 1024 && !CONTROL.test(text);
  return textField((text) => (fits(text) ? good(text) : bad(form)), {
    description: about,
    examples: [example],
    pattern: '^[^\\u0000-\\u001f\\u007f]{1,1024}$',
    'x-kind': 'path',
  });
}

const GLOB_PATTERN = '^(?!/)(?!(.*/)?\\.\\.?(/|$))[^\\u0000-\\u001f\\u007f\\\\\\[\\]{}]{1,1024}$';
const GLOB = new RegExp(GLOB_PATTERN);

/** Files inside the project folder, with `*` and `?` inside a path segment. */
export function fileGlob(about: string, example: string): TextField<string> {
  const form = 'must be a relative path inside the project folder; * and ? stand for characters of one segment';
  const fits = (text: string) => GLOB.test(text) && !text.includes('//') && !text.includes('**');
  return textField((text) => (fits(text) ? good(text) : bad(form)), {
    description: about,
    examples: [example],
    pattern: GLOB_PATTERN,
    'x-kind': 'glob',
  });
}

/** Where a secret is; the configuration itself never holds one. */
export interface SecretReference {
  readonly kind: 'file';
  readonly path: string;
}

const SECRET_PATTERN = '^file:[^\\u0000-\\u001f\\u007f]{1,1024}$';
const SECRET = new RegExp(SECRET_PATTERN);

/**
 * A reference to a secret in a file, `file:PATH`. The prefix makes it plain that a path stands there and not the
 * secret; what stands there is never shown, in case it is the secret after all.
 *
 * There is no way to name an environment variable: its readers cannot be limited, as those of a file can.
 */
export function secretReference(about: string): TextField<SecretReference> {
  const read = (text: string): Parsed<SecretReference> =>
    SECRET.test(text)
      ? good({ kind: 'file', path: text.slice('file:'.length) })
      : {
          ok: false,
          problem: 'must refer to a file, not hold the secret',
          suggestion: 'write file:PATH',
          hidden: true,
        };
  return textField(read, {
    description: about,
    examples: ['file:pki/gate.key'],
    pattern: SECRET_PATTERN,
    writeOnly: true,
    'x-kind': 'secret reference',
  });
}

const HOST_PATTERN = '^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$';
const HOST = new RegExp(HOST_PATTERN);

/** True for a DNS host name in its canonical form: lower-case A-labels, no final dot, not an address. */
export function isHostName(text: string): boolean {
  // A last label of digits only would be read as an IPv4 address by URL parsers (WHATWG URL, host parsing).
  return HOST.test(text) && !/(^|\.)[0-9]+$/.test(text) && !/(^|\.)0x[0-9a-f]*$/.test(text);
}

/** A DNS host name. */
export function hostName(about: string, example: string): TextField<string> {
  const form = 'must be a host name in lower case (international names as xn--…), without a port or a final dot';
  return textField((text) => (isHostName(text) ? good(text) : bad(form)), {
    description: about,
    examples: [example],
    pattern: HOST_PATTERN,
    'x-kind': 'host name',
  });
}

/** An IPv4 or IPv6 address to bind. */
export function ipAddress(about: string, example: string): TextField<string> {
  const form = 'must be an IPv4 or IPv6 address';
  const fits = (text: string) => isIP(text) !== 0 && !text.includes('%');
  return textField((text) => (fits(text) ? good(text) : bad(form)), {
    description: about,
    examples: [example],
    pattern: '^[0-9a-fA-F:.]{2,45}$',
    'x-kind': 'IP address',
  });
}

/** A mapping from names to values of one kind. */
export function named<Value extends z.ZodType>(key: string, value: Value, about: string) {
  return z.record(name(key), value).meta({ description: about });
}

function good<Value>(value: Value): Parsed<Value> {
  return { ok: true, value };
}

function bad<Value>(problem: string): Parsed<Value> {
  return { ok: false, problem };
}

/** Bounds are written by us, so a bound that does not parse is a mistake in this code. */
function known(result: UnitResult<number>): number {
  if (!result.ok) throw new TypeError(result.problem);
  return result.value;
}
