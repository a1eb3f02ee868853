/** Bounds on the work one JSON text may cause. Every field is required; start from {@link DEFAULT_JSON_LIMITS}. */
export interface JsonLimits {
  /** Largest text in bytes. Default 4 MiB; at most 1 GiB (offsets are 32-bit). */
  readonly max_bytes: number;
  /** Deepest nesting of arrays and objects; a scalar text has depth 0. Default 64; above 128 counts as 128. */
  readonly max_depth: number;
  /** Most object members in the whole text. Default 100,000. */
  readonly max_keys: number;
  /** Most array items in the whole text. Default 100,000. */
  readonly max_items: number;
  /** Most items of any one array. Default 100,000. */
  readonly max_array_items: number;
  /** Longest string or member name in bytes as written, escapes included and quotes not. Default 1 MiB. */
  readonly max_string_bytes: number;
  /** Longest number in characters. Default 64. */
  readonly max_number_length: number;
}

export const DEFAULT_JSON_LIMITS: JsonLimits = {
  max_bytes: 4 * 1024 * 1024,
  max_depth: 64,
  max_keys: 100_000,
  max_items: 100_000,
  max_array_items: 100_000,
  max_string_bytes: 1024 * 1024,
  max_number_length: 64,
};

/** What `max_depth` is capped at: parser and walker recurse, and their stacks must hold it. */
export const MAX_DEPTH = 128;
