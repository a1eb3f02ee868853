/** Reads lines of the log back: their kind and place, and an intent as the record it was. */

import type { IntentRecord, RecordKind } from './record.ts';
import { isObject, parseObject } from './segment.ts';

/** One record as it is on disk. */
export interface StoredRecord {
  readonly kind: RecordKind;
  readonly sequence: number;
  /** Sequence of the first record of the same durable write. */
  readonly batch: number;
  /** Null for events. */
  readonly exchange_id: string | null;
  /** The OCSF event. */
  readonly ocsf: Readonly<Record<string, unknown>>;
}

/** A line, its LF may be there; undefined when it is no record. */
export function parseRecord(line: Buffer | string): StoredRecord | undefined {
  const ocsf = parseObject(line);
  if (ocsf === undefined) return undefined;
  const metadata = member(ocsf, 'metadata');
  const own = member(member(ocsf, 'unmapped'), 'sallyport');
  const { sequence } = metadata;
  const { record: kind, batch } = own;
  if (!isKind(kind) || !isCount(sequence) || !isCount(batch)) return undefined;
  const exchange_id = kind === 'event' ? null : textOf(metadata['correlation_uid']);
  if (kind !== 'event' && exchange_id === null) return undefined;
  return { kind, sequence, batch, exchange_id, ocsf };
}

/** The intent an intent line was made from; texts may have been cut. */
export function intentOf({ ocsf }: StoredRecord): IntentRecord {
  const own = member(member(ocsf, 'unmapped'), 'sallyport');
  const actor = member(ocsf, 'actor');
  const user = member(actor, 'user');
  const endpoint = member(ocsf, 'src_endpoint');
  const operation = member(ocsf, 'api')['operation'];
  const service = member(member(ocsf, 'api'), 'service')['name'];
  return {
    exchange_id: textOf(member(ocsf, 'metadata')['correlation_uid']) ?? '',
    trace_id: textOf(member(ocsf, 'trace')['uid']) ?? '',
    started_ms: numberOf(ocsf['time']),
    plan: textOf(own['plan']) ?? '',
    zone: textOf(own['zone']) ?? '',
    source: { address: textOf(endpoint['ip']) ?? '', port: numberOf(endpoint['port']) },
    party: textOf(member(user, 'org')['uid']),
    machine: textOf(user['uid']),
    credential: textOf(user['credential_uid']) ?? textOf(member(actor, 'session')['credential_uid']),
    operation: operation === 'unknown' && service === undefined ? null : textOf(operation),
    path_template: textOf(member(member(ocsf, 'http_request'), 'url')['path']),
    method: textOf(own['method']),
  };
}

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze({});

function member(value: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const found = value[name];
  return isObject(found) ? found : NOTHING;
}

const isKind = (value: unknown): value is RecordKind => value === 'intent' || value === 'outcome' || value === 'event';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);
