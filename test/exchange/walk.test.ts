import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuditUnavailable } from '../../src/core/audit/index.ts';
import { Refusal, type StepName } from '../../src/core/errors/index.ts';
import { Exchange, type Steps, walk } from '../../src/core/exchange/index.ts';

class PlainExchange extends Exchange {}

function makeExchange(): PlainExchange {
  return new PlainExchange({
    id: '0190b8a0-0000-7000-8000-000000000001',
    channel: 'api',
    zone: 'partner',
    started_ms: 0,
    source: { address: '127.0.0.1', port: 1 },
    trace: { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16), parent_id: null, flags: '00' },
    plan_digest: 'digest',
  });
}

const names = ['admit', 'authenticate', 'match', 'limit', 'authorize', 'validate', 'forward', 'filter'] as const;

function walkWith(
  overrides: Partial<Record<StepName, () => void | Promise<void>>>,
  record: () => Promise<void> = () => Promise.resolve(),
) {
  const seen: string[] = [];
  const defects: { step: StepName; error: unknown }[] = [];
  let clock = 0;
  const exchange = makeExchange();
  const steps: Steps<PlainExchange> = names.map((name) => [
    name,
    () => {
      seen.push(name);
      return overrides[name]?.();
    },
  ]);
  const done = walk(exchange, steps, {
    monotonic: () => clock++,
    record: () => {
      seen.push('record');
      return record();
    },
    onDefect: (error, step) => defects.push({ error, step }),
  });
  return done.then(() => ({ exchange, seen, defects }));
}

test('an exchange that no step refuses walks all steps in order and is allowed', async () => {
  const { exchange, seen } = await walkWith({});
  assert.deepEqual(seen, [...names, 'record']);
  assert.deepEqual(exchange.verdict, { allowed: true });
  assert.deepEqual(Object.keys(exchange.steps_us), [...names]);
});

for (const name of names) {
  test(`a refusal in ${name} ends the walk there and is recorded`, async () => {
    const { exchange, seen } = await walkWith({
      [name]: () => {
        throw new Refusal('AUTHZ_DENIED');
      },
    });
    assert.deepEqual(seen, [...names.slice(0, names.indexOf(name) + 1), 'record']);
    assert.equal(exchange.verdict?.allowed, false);
    assert.equal(exchange.verdict?.allowed === false && exchange.verdict.step, name);
  });

  test(`anything else thrown in ${name}, also later, refuses as INTERNAL`, async () => {
    const { exchange, defects } = await walkWith({ [name]: () => Promise.reject(new TypeError('secret value')) });
    assert.equal(exchange.verdict?.allowed === false && exchange.verdict.refusal.code, 'INTERNAL');
    assert.equal(defects.length, 1);
    assert.equal(defects[0]?.step, name);
  });
}

test('an outcome that cannot be recorded turns an allowed exchange into a refusal', async () => {
  const { exchange, defects } = await walkWith({}, () => Promise.reject(new AuditUnavailable('failed')));
  assert.equal(exchange.verdict?.allowed === false && exchange.verdict.refusal.code, 'RECORD_UNAVAILABLE');
  assert.equal(defects.length, 0);
});
