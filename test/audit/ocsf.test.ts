import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSerializer } from '../../src/core/audit/ocsf.ts';
import { intentOf, parseRecord } from '../../src/core/audit/parse.ts';
import { CODES, type RefusalCode } from '../../src/core/errors/codes.ts';
import { intent, outcome, TLS } from './records.ts';

const serializer = createSerializer('1.2.3');
const PLACE = { sequence: 7, batch: 5 };

/** The parts of an event the tests look into. */
interface Event {
  readonly [name: string]: unknown;
  readonly severity_id: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly actor: { readonly user?: Readonly<Record<string, unknown>> };
  readonly http_request: { readonly url: unknown };
  readonly unmapped: { readonly sallyport: Readonly<Record<string, unknown>> };
}

const object = (line: string): Event => JSON.parse(line);

test('an allowed exchange is an OCSF API Activity with success', () => {
  const event = object(serializer.outcome(outcome('e1'), PLACE));
  assert.equal(event.class_uid, 6003);
  assert.equal(event.category_uid, 6);
  assert.equal(event.activity_id, 1);
  assert.equal(event.type_uid, 600301);
  assert.equal(event.severity_id, 1);
  assert.equal(event.status_id, 1);
  assert.equal(event.status_code, undefined);
  assert.equal(event.duration, 7);
  assert.deepEqual(event.metadata['product'], { name: 'Sallyport', vendor_name: 'Sallyport', version: '1.2.3' });
  assert.equal(event.metadata['uid'], 'e1');
  assert.equal(event.metadata['sequence'], 7);
  assert.equal(event.actor.user?.['uid'], 'acme-erp');
  assert.deepEqual(event.api, {
    operation: 'orders.createOrder',
    service: { name: 'orders' },
    response: { code: 201 },
  });
  assert.deepEqual(event.http_request.url, { path: '/orders/{order_id}' });
  assert.deepEqual(event.unmapped.sallyport['tls'], TLS);
  assert.deepEqual(event.unmapped.sallyport['steps_us'], { admit: 5, authorize: 4 });
});

test('a connection that never became a request is a refused Network Activity', () => {
  const refused = outcome('e2', {
    http: null,
    machine: null,
    party: null,
    credential: null,
    operation: null,
    path_template: null,
    status: null,
    verdict: 'refused',
    code: 'ADMIT_TLS',
    step: 'admit',
  });
  const event = object(serializer.outcome(refused, PLACE));
  assert.equal(event.type_uid, 400105);
  assert.equal(event.status_id, 2);
  assert.equal(event.status_code, 'ADMIT_TLS');
  assert.deepEqual(event.tls, { version: 'TLSv1.3', sni: 'api.partner.example' });
  assert.deepEqual(event.actor, { app_name: 'unauthenticated' });
});

test('every refusal code gives a line that parses, and only successes say success', () => {
  for (const code of Object.keys(CODES) as RefusalCode[]) {
    const event = object(
      serializer.outcome(outcome('e', { verdict: 'refused', code, step: CODES[code].step, upstream: null }), PLACE),
    );
    assert.equal(event.status_code, code);
    assert.equal(event.status_id, code === 'OUTCOME_UNKNOWN' ? 0 : 2);
    assert.ok(event.severity_id >= 2);
  }
});

test('an intent read back is the intent that was written', () => {
  for (const record of [
    intent('e1'),
    intent('e2', { party: null, machine: null, credential: null, operation: null, path_template: null, method: null }),
    intent('e4', { party: null, machine: null }),
    intent('e3', { operation: 'unknown.', machine: null }),
  ]) {
    const stored = parseRecord(Buffer.from(serializer.intent(record, PLACE)));
    assert.ok(stored);
    assert.equal(stored.kind, 'intent');
    assert.deepEqual(intentOf(stored), record);
  }
});

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom(
    '\n',
    '\r\n',
    '\u0000',
    '\u2028\u2029',
    '\u0085',
    '\ud800',
    '"}\n{"',
    '\\',
    '\u202e',
    '\u007f',
    '__proto__',
  ),
);
const long = fc.constantFrom(
  'x'.repeat(1024 * 1024),
  '\n'.repeat(1024 * 1024),
  '\u2028'.repeat(100_000),
  '😀'.repeat(9999),
);
const anyText = fc.oneof({ weight: 9, arbitrary: hostile }, { weight: 1, arbitrary: long });
const anyNumber = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, 1e300));

test('no value can break a line: printable ASCII, one LF, bounded, valid JSON', () => {
  const run = (value: string, number: number): void => {
    const lines = [
      serializer.outcome(
        outcome(value, {
          span_id: value,
          zone: value,
          machine: value,
          http: { version: value, method: value },
          tls: { ...TLS, sni: value, ja4: value, offered_groups: Array(100).fill(value) },
          reason: value,
          pointer: value,
          rule: value,
          operation: value,
          path_template: value,
          source: { address: value, port: number },
          started_ms: number,
          request_bytes: number,
          steps_us: { admit: number },
          upstream: { address: value, status: number, attempts: number, trimmed: number },
          policies: Array(100).fill(value),
        }),
        PLACE,
      ),
      serializer.outcome(outcome(value, { http: null, tls: { ...TLS, version: value, sni: value } }), PLACE),
      serializer.intent(intent(value, { method: value, operation: value, path_template: value, party: value }), PLACE),
      serializer.event({ event: 'gate_started', at_ms: number, plan: value, data: { [value]: value, number } }, PLACE),
    ];
    for (const line of lines) {
      assert.match(line, /^[ -~]+\n$/);
      assert.ok(line.length < 128 * 1024, `${line.length} bytes`);
      assert.equal(parseRecord(Buffer.from(line.slice(0, -1)))?.sequence, 7);
    }
  };
  fc.assert(fc.property(anyText, anyNumber, run), { numRuns: 300 });
});

test('text is taken over unchanged when it is short enough, and cut visibly when it is not', () => {
  const reason = 'a "quoted" \\ line\n\u2028 and ü 😀';
  const event = object(serializer.outcome(outcome('e', { reason, code: 'INTERNAL' }), PLACE));
  assert.equal(event.status_detail, reason);
  const cut = object(serializer.outcome(outcome('e', { reason: 'x'.repeat(2000), code: 'INTERNAL' }), PLACE));
  assert.equal(cut.status_detail, `${'x'.repeat(512)}…`);
});

test('bytes that are no record parse to nothing and throw nothing', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => parseRecord(Buffer.from(bytes)) === undefined));
  fc.assert(
    fc.property(fc.json(), (json) => {
      parseRecord(Buffer.from(json));
    }),
  );
});
