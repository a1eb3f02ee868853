import { z } from 'zod';

/** Longer places, of bodies nested deep under long names, are not kept. */
export const MAX_PLACE_LENGTH = 1024;

const times = z.int().min(0);

const storedOperation = z.strictObject({
  exchanges: times,
  looked_into: times,
  statuses: z.record(z.string().regex(/^\d{3}$/), times),
  places: z.record(z.string().max(MAX_PLACE_LENGTH), times),
  full: z.literal(true).optional(),
});

const storedApi = z.strictObject({
  contract: z.string().regex(/^[0-9a-f]{64}$/),
  since: z.iso.datetime(),
  operations: z.record(z.string(), storedOperation),
});

const storedUsage = z.strictObject({ version: z.literal(1), apis: z.record(z.string(), storedApi) });

/** What was used of an operation: exchanges exactly, places among those that were looked into. */
export interface StoredOperation {
  readonly exchanges: number;
  readonly looked_into: number;
  /** Exchanges looked into, by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** In how many of them each place was used: `query/limit`, `body/lines/*\/sku`, `200/id`. */
  readonly places: Readonly<Record<string, number>>;
  /** Stands where places were used that had no room any more. */
  readonly full?: true | undefined;
}

export interface StoredApi {
  /** Digest of the texts of the contract under which it was counted. */
  readonly contract: string;
  /** When counting began, ISO 8601. */
  readonly since: string;
  readonly operations: Readonly<Record<string, StoredOperation>>;
}

/** The file in the gate's data folder. */
export interface StoredUsage {
  readonly version: 1;
  readonly apis: Readonly<Record<string, StoredApi>>;
}

/** Larger files are not ours. */
export const MAX_USAGE_BYTES = 64 * 1024 * 1024;

/** Null where the text is not what a gate wrote. */
export function parseUsage(text: string): StoredUsage | null {
  try {
    const read = storedUsage.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}
