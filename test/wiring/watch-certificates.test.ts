import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import type { PlanCertificate } from '../../src/wiring/expiry.ts';
import { CertificateWatch } from '../../src/wiring/watch-certificates.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

function certificate(expires_ms: number, more: Partial<PlanCertificate> = {}): PlanCertificate {
  const where = { use: 'listener', zone: 'partner', name: 'gate.example.com', file: 'pki/gate.pem' } as const;
  return { ...where, subject: 'CN=gate', thumbprint: 'aa', expires_ms, ...more };
}

/** A watch whose wall clock is set by hand, beside timers that go by another one. */
function watched(context: TestContext, ...first: PlanCertificate[]) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const state = { now_ms: 0, certificates: first as readonly PlanCertificate[], log_open: true };
  const notices: string[] = [];
  const events: string[] = [];
  const watch = new CertificateWatch({
    certificates: () => state.certificates,
    now: () => state.now_ms,
    onNotice: (text, level) => void notices.push(`${level} ${text}`),
    event(event, { thumbprint }) {
      if (!state.log_open) return Promise.reject(new Error('closed'));
      events.push(`${event} ${thumbprint}`);
      return Promise.resolve();
    },
  });
  context.after(() => watch.stop());
  /** Both clocks go on. */
  const pass = (span_ms: number, step_ms = 60_000): void => {
    for (let left = span_ms; left > 0; left -= step_ms) {
      state.now_ms += Math.min(step_ms, left);
      context.mock.timers.tick(Math.min(step_ms, left));
    }
  };
  return { watch, state, notices, events, pass };
}

test('a certificate is told of under 30, 7 and 1 days and at its end, once each', (context) => {
  const { watch, notices, events, pass } = watched(context, certificate(31 * DAY_MS));
  watch.look();
  assert.deepEqual(notices, []);
  pass(40 * DAY_MS, HOUR_MS);
  assert.deepEqual(notices, [
    'warn pki/gate.pem: the certificate of "CN=gate" expires on 1970-02-01, in 29 days',
    'warn pki/gate.pem: the certificate of "CN=gate" expires on 1970-02-01, in 6 days',
    'warn pki/gate.pem: the certificate of "CN=gate" expires on 1970-02-01, in 0 days',
    'error pki/gate.pem: the certificate of "CN=gate" expired on 1970-02-01: callers refuse this gate; put the new one in place and reload',
  ]);
  assert.deepEqual(
    events.map((event) => event.split(' ')[0]),
    ['certificate_expiring', 'certificate_expiring', 'certificate_expiring', 'certificate_expired'],
  );
});

test('its end is told at once, not at the next look', (context) => {
  const { watch, events, pass } = watched(context, certificate(5_000));
  watch.look();
  pass(5_001, 5_001);
  assert.deepEqual(events, ['certificate_expiring aa', 'certificate_expired aa']);
});

test('one that is far below a threshold when it is first seen is told of once', (context) => {
  const { watch, notices } = watched(context, certificate(HOUR_MS));
  watch.look();
  watch.look();
  assert.equal(notices.length, 1);
});

test('a clock that is set is followed within a minute, forth, back and forth again', (context) => {
  const { watch, state, notices, pass } = watched(context, certificate(100 * DAY_MS));
  watch.look();
  const told = (): number => notices.splice(0).length;
  state.now_ms += 99.5 * DAY_MS;
  pass(60_000);
  assert.equal(told(), 1);
  state.now_ms -= 99.5 * DAY_MS;
  pass(60_000);
  assert.equal(told(), 0);
  pass(101 * DAY_MS, HOUR_MS);
  assert.equal(told(), 4);
});

test('a reload forgets what is no longer in force, and keeps silent about what stays', (context) => {
  const [old, ca] = [certificate(DAY_MS * 3), certificate(DAY_MS * 20, { use: 'trust', thumbprint: 'ca' })];
  const { watch, state, events } = watched(context, old, ca);
  watch.look();
  assert.deepEqual(events.splice(0), ['certificate_expiring aa', 'certificate_expiring ca']);
  state.certificates = [certificate(DAY_MS * 5, { thumbprint: 'bb' }), ca];
  watch.look();
  assert.deepEqual(events.splice(0), ['certificate_expiring bb']);
  state.certificates = [certificate(DAY_MS * 400, { thumbprint: 'cc' }), ca];
  watch.look();
  assert.deepEqual(events, []);
});

test('a certificate that several places name is told of once', (context) => {
  const { watch, notices } = watched(context, certificate(DAY_MS), certificate(DAY_MS, { zone: 'other' }));
  watch.look();
  assert.equal(notices.length, 1);
});

test('what the log does not take is put on record when it is back', async (context) => {
  const { watch, state, notices, events, pass } = watched(context, certificate(DAY_MS * 3));
  state.log_open = false;
  watch.look();
  await turn();
  pass(120_000);
  await turn();
  assert.deepEqual([notices.length, events.length], [1, 0]);
  state.log_open = true;
  pass(60_000);
  await turn();
  pass(60_000);
  assert.deepEqual(events, ['certificate_expiring aa']);
});

test('however the clock goes, an end that lasts for a minute has been told', (context) => {
  const steps = fc.array(fc.integer({ min: -60, max: 60 }), { maxLength: 30 });
  fc.assert(
    fc.property(steps, (days) => {
      const { watch, state, events, pass } = watched(context, certificate(0));
      state.now_ms = -100 * DAY_MS;
      watch.look();
      for (const step of days) {
        state.now_ms += step * DAY_MS;
        const expired_before = events.includes('certificate_expired aa');
        pass(60_000);
        if (state.now_ms > 60_000) assert.ok(events.includes('certificate_expired aa'));
        else if (!expired_before && state.now_ms <= 0) assert.ok(!events.includes('certificate_expired aa'));
      }
      watch.stop();
      context.mock.timers.reset();
    }),
  );
});
