import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RefusalLog } from '../../src/channels/api/listener/refusal-log.ts';

const from = (address: string, port = 1) => ({ zone: 'partner', source: { address, port }, tls: null });

function logged(options: { max_single: number; max_keys: number }) {
  const written: string[] = [];
  const log = new RefusalLog({
    ...options,
    onRefused: ({ source }, code, reason) => {
      written.push(`${source.address} ${code} ${reason}`);
      return Promise.resolve();
    },
  });
  return { log, written };
}

async function refuse(log: RefusalLog, address: string, times: number): Promise<void> {
  for (let at = 0; at < times; at++) await log.record(from(address), 'ADMIT_TLS', 'handshake');
}

describe('the log of refused connections', () => {
  it('writes the first of a source and code singly and the rest as one count', async () => {
    const { log, written } = logged({ max_single: 2, max_keys: 10 });
    await refuse(log, '192.0.2.1', 5);
    await log.record(from('192.0.2.1'), 'ADMIT_NOT_TLS', 'first bytes');
    await log.flush();
    assert.deepEqual(written, [
      '192.0.2.1 ADMIT_TLS handshake',
      '192.0.2.1 ADMIT_TLS handshake',
      '192.0.2.1 ADMIT_NOT_TLS first bytes',
      '192.0.2.1 ADMIT_TLS repeated 3 times',
    ]);
  });

  it('begins anew after a flush, and a flush without a count writes nothing', async () => {
    const { log, written } = logged({ max_single: 1, max_keys: 10 });
    await refuse(log, '192.0.2.1', 1);
    await log.flush();
    await refuse(log, '192.0.2.1', 1);
    await log.flush();
    assert.deepEqual(written, ['192.0.2.1 ADMIT_TLS handshake', '192.0.2.1 ADMIT_TLS handshake']);
  });

  it('counts the addresses of one IPv6 subscriber together', async () => {
    const { log, written } = logged({ max_single: 1, max_keys: 10 });
    for (const end of ['1', '2', '3']) await refuse(log, `2001:db8::${end}`, 1);
    await log.flush();
    assert.deepEqual(written, ['2001:db8::1 ADMIT_TLS handshake', '2001:db8::3 ADMIT_TLS repeated 2 times']);
  });

  it('tells no more sources apart than it may, and loses none in the count', async () => {
    const { log, written } = logged({ max_single: 1, max_keys: 3 });
    for (let host = 1; host <= 200; host++) await refuse(log, `198.51.100.${host}`, 2);
    await log.flush();
    assert.ok(written.length <= 8, `${written.length}`);
    const counts = written.map((line) => Number(/repeated (\d+) times/.exec(line)?.[1] ?? 1));
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      400,
    );
  });
});
