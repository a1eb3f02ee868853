/**
 * Bounds on what one exchange may carry and cost. A configuration sets them for an api; a contract may set them for
 * the document, a path item or an operation with `x-limits`, where they can only be tighter.
 */
import { z } from 'zod';
import { count, duration, size } from '../../core/settings/config.ts';
import { type JsonLimits, MAX_DEPTH } from '../../protocol/json/limits.ts';

/**
 * Most of a body that is held in memory as a whole, whatever an api allows: all that is judged is. Bytes that nobody
 * judges flow, and may be more.
 */
export const MOST_HELD = { body_bytes: 64 * 1024 ** 2, response_bytes: 256 * 1024 ** 2 } as const;

/** What holds for one operation. */
export interface Bounds {
  /** Largest request body, decompressed; of one that is held {@link MOST_HELD} at most. */
  readonly body_bytes: number;
  /** Largest answer, decompressed; of one that is held {@link MOST_HELD} at most. */
  readonly response_bytes: number;
  /** Deepest nesting of arrays and objects in a JSON text. */
  readonly depth: number;
  /** Most object members in a JSON text. */
  readonly keys: number;
  /** Most array items in a JSON text, all arrays together. */
  readonly items: number;
  /** Most items of one array. */
  readonly array_items: number;
  /** Longest string or member name of a JSON text. */
  readonly string_bytes: number;
  /** Longest number of a JSON text, in characters. */
  readonly number_length: number;
  /** Bytes that one compressed byte may become. */
  readonly decompression_ratio: number;
  /** Steps of validation for one text. */
  readonly max_steps: number;
  /** Whole exchange, in milliseconds; null where only the zone's time holds. */
  readonly time_ms: number | null;
}

/** The bounds of an api with those that a contract sets for an operation; the tighter one holds. */
export function tightened(bounds: Bounds, limits: Partial<Bounds>): Bounds {
  const tighter: Record<string, number | null> = { ...bounds };
  for (const [bound, value] of Object.entries(limits)) {
    if (value !== null) tighter[bound] = Math.min(value, tighter[bound] ?? Number.POSITIVE_INFINITY);
  }
  return tighter as unknown as Bounds;
}

/** Of a body that is held as a whole. */
export function heldBounds(bounds: Bounds): { readonly body_bytes: number; readonly response_bytes: number } {
  return {
    body_bytes: Math.min(bounds.body_bytes, MOST_HELD.body_bytes),
    response_bytes: Math.min(bounds.response_bytes, MOST_HELD.response_bytes),
  };
}

/** The bounds that one JSON text of the operation has; a body has its own bound in bytes beside them. */
export function jsonLimits(bounds: Bounds): JsonLimits {
  return {
    max_bytes: Math.max(...Object.values(heldBounds(bounds))),
    max_depth: bounds.depth,
    max_keys: bounds.keys,
    max_items: bounds.items,
    max_number_length: bounds.number_length,
    max_string_bytes: bounds.string_bytes,
    max_array_items: bounds.array_items,
  };
}

const MANY = 100_000_000;

const FIELDS = {
  body: size({
    min: '1B',
    max: '1024GiB',
    about: 'Largest request body, decompressed. Only binary bodies may be larger than 64MiB: all others are held.',
  }),
  response: size({
    min: '1B',
    max: '1024GiB',
    about: 'Largest answer, decompressed. Only binary ones may be larger than 256MiB: all others are held.',
  }),
  depth: count({ min: 1, max: MAX_DEPTH, about: 'Deepest nesting of arrays and objects in a JSON body.' }),
  keys: count({ min: 1, max: MANY, about: 'Most object members in a JSON body.' }),
  items: count({ min: 1, max: MANY, about: 'Most array items in a JSON body, all its arrays together.' }),
  array: count({ min: 1, max: MANY, about: 'Most items of one array.' }),
  string: size({ min: '1B', max: '256MiB', about: 'Longest string or member name in a JSON body.' }),
  number: count({ min: 1, max: 1000, about: 'Longest number in a JSON body, in characters.' }),
  decompression: count({ min: 1, max: 1000, about: 'Bytes that one byte of a compressed body may become.' }),
  work: count({
    min: 1000,
    max: MANY,
    about: 'Steps that judging one body may take, of about 50 ns each.',
  }),
  time: duration({ min: '1ms', max: '1h', about: 'A whole exchange, where that is less than the zone allows.' }),
};

/** `apis.<id>.limits`: every bound has a value. */
export const apiLimitsConfig = z
  .strictObject({
    body: FIELDS.body.prefault('1MiB'),
    response: FIELDS.response.prefault('8MiB'),
    depth: FIELDS.depth.prefault(64),
    keys: FIELDS.keys.prefault(100_000),
    items: FIELDS.items.prefault(100_000),
    array: FIELDS.array.prefault(100_000),
    string: FIELDS.string.prefault('1MiB'),
    number: FIELDS.number.prefault(64),
    decompression: FIELDS.decompression.prefault(100),
    work: FIELDS.work.prefault(5_000_000),
    time: FIELDS.time.optional(),
  })
  .transform(
    (limits): Bounds => ({
      body_bytes: limits.body,
      response_bytes: limits.response,
      depth: limits.depth,
      keys: limits.keys,
      items: limits.items,
      array_items: limits.array,
      string_bytes: limits.string,
      number_length: limits.number,
      decompression_ratio: limits.decompression,
      max_steps: limits.work,
      time_ms: limits.time ?? null,
    }),
  )
  .meta({ description: 'Bounds on bodies and on the work they cause; a contract may ask for less, never for more.' });

/** `x-limits` of a contract: any of the bounds. */
export const contractLimits = z.strictObject(FIELDS).partial();

export type ContractLimits = z.output<typeof contractLimits>;

/** The bound that each word of `x-limits` sets. */
export const BOUND_OF = {
  body: 'body_bytes',
  response: 'response_bytes',
  depth: 'depth',
  keys: 'keys',
  items: 'items',
  array: 'array_items',
  string: 'string_bytes',
  number: 'number_length',
  decompression: 'decompression_ratio',
  work: 'max_steps',
  time: 'time_ms',
} as const satisfies Record<keyof ContractLimits, keyof Bounds>;
