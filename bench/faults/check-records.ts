/** Holds the log of a gate to what its partner was told and what its service was asked. */
import type { Outcome } from '../../test/acceptance/harness/outcomes.ts';
import type { Answered } from './messages.ts';

export interface RecordFacts {
  readonly records: number;
  /** Outcomes by code, those that stand for several counted as so many. */
  readonly codes: Readonly<Record<string, number>>;
  readonly events: Readonly<Record<string, number>>;
  /** Refused to the caller, and allowed on record: the recorder died between writing and saying so. */
  readonly in_doubt: number;
  /** Each a promise of the log that is broken. */
  readonly broken: readonly string[];
}

export interface Witnesses {
  readonly answered: readonly Answered[];
  /** Exchange ids of the orders that reached the service. */
  readonly executed: readonly string[];
}

export function checkRecords(records: readonly Outcome[], { answered, executed }: Witnesses): RecordFacts {
  const broken: string[] = [];
  const outcomes = byExchange(records, 'outcome', broken);
  const intents = byExchange(records, 'intent', broken);
  const tell = (what: string, ids: readonly string[]) => {
    if (ids.length > 0) broken.push(`${what}: ${ids.length}, such as ${ids[0]}`);
  };
  const accepted = answered.filter(({ status }) => status < 300).map(({ exchange_id }) => exchange_id);
  tell(
    'acknowledged without an allowed outcome',
    accepted.filter((id) => outcomes.get(id)?.verdict !== 'allowed'),
  );
  const refused = answered.filter(({ status }) => status >= 400).map(({ exchange_id }) => exchange_id);
  const in_doubt = refused.filter((id) => outcomes.get(id)?.verdict === 'allowed').length;
  tell(
    'executed without an intent',
    executed.filter((id) => !intents.has(id)),
  );
  tell(
    'executed twice',
    executed.filter((id, index) => executed.indexOf(id) !== index),
  );
  tell(
    'intent without an outcome',
    [...intents.keys()].filter((id) => !outcomes.has(id)),
  );
  return { records: records.length, codes: codesOf(records), events: eventsOf(records), in_doubt, broken };
}

function byExchange(records: readonly Outcome[], kind: Outcome['kind'], broken: string[]): Map<string, Outcome> {
  const found = new Map<string, Outcome>();
  for (const record of records) {
    if (record.kind !== kind) continue;
    if (found.has(record.exchange_id)) broken.push(`two records of kind ${kind}: ${record.exchange_id}`);
    found.set(record.exchange_id, record);
  }
  return found;
}

function codesOf(records: readonly Outcome[]): Record<string, number> {
  const codes: Record<string, number> = {};
  for (const { kind, code, reason } of records) {
    if (kind !== 'outcome' || code === null) continue;
    const times = Number(/^repeated (\d+) times$/.exec(reason ?? '')?.[1] ?? 1);
    codes[code] = (codes[code] ?? 0) + times;
  }
  return codes;
}

function eventsOf(records: readonly Outcome[]): Record<string, number> {
  const events: Record<string, number> = {};
  for (const { event, data } of records) {
    if (event === null) continue;
    const process = typeof data['process'] === 'string' ? ` ${data['process']}` : '';
    events[event + process] = (events[event + process] ?? 0) + 1;
  }
  return events;
}
