/** A name with several addresses, and several targets behind one address. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import type { CheckOptions } from '../../src/check/check-options.ts';
import { DEFAULT_POLICY } from '../../src/check/policies/index.ts';
import type { TargetReport } from '../../src/check/report/report.ts';
import { checkTls } from '../../src/check/runner.ts';
import { parseTarget } from '../../src/check/target.ts';
import { rootsOf } from '../../src/check/tls/certificates/roots.ts';
import { type Address, createProber, DialError } from '../../src/core/resolver/index.ts';
import { alert } from '../tls/flight.ts';
import { withRaw } from './servers.ts';

const LOOPBACK: Address = { address: '127.0.0.1', family: 4 };
const NOBODY: Address = { address: '127.0.0.2', family: 4 };

const ZONE: Readonly<Record<string, readonly Address[]>> = {
  one: [LOOPBACK],
  two: [LOOPBACK, NOBODY],
  many: Array.from({ length: 40 }, () => LOOPBACK),
};

async function checkedNames(port: number, names: readonly string[], options: Partial<CheckOptions> = {}) {
  const targets = names.map((name) => parseTarget(`${name}:${port}`)!);
  const reports: TargetReport[] = [];
  const settings = { policy: DEFAULT_POLICY, timeout_ms: 5_000, parallel: 4, at_once: 8, addresses: 'all' } as const;
  const tail = await checkTls(
    { targets, ...settings, onProgress: () => undefined, ...options },
    { onBegin: () => undefined, onTarget: (report) => void reports.push(report) },
    {
      prober: createProber(),
      resolve: async (host) => {
        const addresses = ZONE[host.replace(/-.*/, '')];
        if (addresses === undefined) throw new DialError('FORWARD_UNREACHABLE', 'ENOTFOUND');
        return { addresses, valid_until_ms: Infinity, evidence: { source: 'system', proven: false } };
      },
      now: () => performance.now(),
      wall_clock: () => Date.now(),
      made_by: 'sallyport 1.2.3',
      random: randomBytes,
      public_roots: rootsOf([]),
    },
  );
  return { reports, tail };
}

const refuse = (socket: Socket) => void socket.once('data', () => socket.end(alert(2, 40)));

describe('addresses of a name', () => {
  it('are each checked, and one that is dead spoils nothing else', async () => {
    const { reports, tail } = await withRaw(refuse, (port) => checkedNames(port, ['two']));
    assert.deepEqual(
      reports.map(({ address, addresses, problem }) => [address, addresses, /refused|handshake/.test(problem!)]),
      [
        ['127.0.0.1', 2, true],
        ['127.0.0.2', 2, false],
      ],
    );
    assert.deepEqual(tail.counts, { good: 0, findings: 0, unfinished: 2 });
  });

  it('are not checked beyond the first where that is asked for, and never without bound', async () => {
    const { reports: first } = await withRaw(refuse, (port) => checkedNames(port, ['two'], { addresses: 'first' }));
    assert.deepEqual(
      first.map(({ address }) => address),
      ['127.0.0.1'],
    );
    const { reports: bounded } = await withRaw(refuse, (port) => checkedNames(port, ['many']));
    assert.deepEqual([bounded.length, bounded[0]?.addresses], [16, 40]);
  });

  it('are told to be missing where the name has none', async () => {
    const { reports } = await checkedNames(443, ['nowhere']);
    const { address, problem, advice, verdict } = reports[0]!;
    assert.match(advice ?? '', /the name is written right/);
    assert.deepEqual([address, problem, verdict], [null, 'the name has no address (ENOTFOUND)', 'unfinished']);
  });
});

describe('targets behind one address', () => {
  it('share the connections it is asked with, and come in the order given', async () => {
    let open = 0;
    let most = 0;
    const counting = (socket: Socket) => {
      open++;
      most = Math.max(most, open);
      socket.once('close', () => open--);
      socket.once('data', () => setTimeout(() => socket.end(alert(2, 40)), 5));
    };
    const names = Array.from({ length: 12 }, (_, index) => `one-${index}`);
    const { reports } = await withRaw(counting, (port) => checkedNames(port, names, { parallel: 2 }));
    assert.deepEqual(
      reports.map(({ host }) => host),
      names,
    );
    // The far end learns a little later that a connection has ended.
    assert.ok(most <= 4, `${most} at once`);
  });
});
