/** A record as the text it will be in the log, all but its place there: what one process can hand to another. */

import type { LinePlace, Serializer } from './ocsf.ts';
import { intentOf, parseRecord } from './parse.ts';
import type { EventRecord, ExchangeRecord, IntentRecord, RecordKind } from './record.ts';

export interface Entry {
  readonly kind: RecordKind;
  /** '' for events. */
  readonly exchange_id: string;
  /** Printable ASCII with one mark each for sequence and batch, in this order; ended by LF. */
  readonly text: string;
}

/** Stand where the place will be: no line holds a control character of its own. */
export const SEQUENCE_MARK = '\u0000';
export const BATCH_MARK = '\u0001';
const UNPLACED: LinePlace = { sequence: SEQUENCE_MARK, batch: BATCH_MARK };

export const outcomeEntry = (serializer: Serializer, record: ExchangeRecord): Entry => ({
  kind: 'outcome',
  exchange_id: record.exchange_id,
  text: serializer.outcome(record, UNPLACED),
});

export const intentEntry = (serializer: Serializer, record: IntentRecord): Entry => ({
  kind: 'intent',
  exchange_id: record.exchange_id,
  text: serializer.intent(record, UNPLACED),
});

export const eventEntry = (serializer: Serializer, record: EventRecord): Entry => ({
  kind: 'event',
  exchange_id: '',
  text: serializer.event(record, UNPLACED),
});

/** The line of an entry at its place. */
export function placed({ text }: Entry, { sequence, batch }: LinePlace): string {
  const first = text.indexOf(SEQUENCE_MARK);
  const second = text.indexOf(BATCH_MARK, first);
  return `${text.slice(0, first)}${sequence}${text.slice(first + 1, second)}${batch}${text.slice(second + 1)}`;
}

/** No record has these numbers by accident: what is read back of a place must be what was put there. */
const PROBE: LinePlace = { sequence: 8_675_309, batch: 8_675_301 };

/**
 * Whether the log could be read back with this entry in it, as what it says it is. What another process made is not
 * written before that is known: one line that is no record would keep every later gate from opening the log.
 */
export function isReadable(entry: Entry): boolean {
  const record = parseRecord(placed(entry, PROBE));
  return (
    record !== undefined &&
    record.kind === entry.kind &&
    (record.exchange_id ?? '') === entry.exchange_id &&
    record.sequence === PROBE.sequence &&
    record.batch === PROBE.batch
  );
}

/** The intent an entry was made from; texts may have been cut. */
export function intentIn(entry: Entry): IntentRecord {
  const record = parseRecord(placed(entry, { sequence: 1, batch: 1 }));
  if (record === undefined) throw new TypeError('an entry that is no record');
  return intentOf(record);
}
