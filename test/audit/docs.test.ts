import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createSerializer } from '../../src/core/audit/ocsf.ts';
import { EVENTS } from '../../src/core/audit/record.ts';
import { intent, outcome } from './records.ts';

const DOCUMENT = readFileSync(new URL('../../docs/audit.md', import.meta.url), 'utf8');

/** Every key of an object and of the objects in it; keys that are data (steps) are not fields. */
function keysOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === 'steps_us' ? [key] : [key, ...keysOf(inner)]));
}

test('every field a record can have, and every event, is documented', () => {
  const serializer = createSerializer('1.0.0');
  const place = { sequence: 1, batch: 1 };
  const unproven = { machine: null, party: null };
  const lines = [
    serializer.outcome(outcome('e', { code: 'INTERNAL', verdict: 'refused', step: 'filter', reason: 'why' }), place),
    serializer.outcome(outcome('e', { ...unproven, http: null }), place),
    serializer.intent(intent('e'), place),
    serializer.event({ event: 'gate_started', at_ms: 0, plan: null, data: {} }, place),
  ];
  const words = new Set(DOCUMENT.match(/\w+/g));
  const known_parts = new Set(['unmapped', 'sallyport', 'metadata', 'name', 'vendor_name']);
  for (const key of lines.flatMap((line) => keysOf(JSON.parse(line)))) {
    assert.ok(known_parts.has(key) || words.has(key), `${key} is not documented`);
  }
  for (const event of EVENTS) assert.ok(words.has(event), `${event} is not documented`);
});
