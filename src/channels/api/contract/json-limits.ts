import type { JsonLimits } from '../../../protocol/json/index.ts';

/** Contracts above this are not read at all. */
export const MAX_CONTRACT_BYTES = 32 * 1024 * 1024;

/** Bounds on a contract in JSON. It is written by the operator, and may be large. */
export const CONTRACT_JSON: JsonLimits = {
  max_bytes: MAX_CONTRACT_BYTES,
  max_depth: 256,
  max_keys: 4_000_000,
  max_items: 4_000_000,
  max_array_items: 4_000_000,
  max_string_bytes: MAX_CONTRACT_BYTES,
  max_number_length: 64,
};
