import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chainReport } from '../../src/check/report/chain-report.ts';
import type { TargetReport } from '../../src/check/report/report.ts';
import { SharedKeys } from '../../src/check/shared-keys.ts';
import { BASE } from './a-report.ts';
import { chain, EC_KEY } from './chains.ts';

const sent = {
  certificates: [Buffer.from('leaf'), Buffer.from('middle')],
  version: 0x0303,
  server_name: null,
  proves_key: true,
  ocsp_responses: [],
  sct_list: null,
};

/** A target at that host and address, whose leaf has that key. */
function seen(host: string, address: string, key = '11', port = 443): TargetReport {
  const judged = chain({ leaf: { key: { ...EC_KEY, sha256: key } } });
  const tls = { ...BASE.tls!, chains: [chainReport(sent, judged)] };
  return { ...BASE, target: `${host}:${port}`, host, port, address, tls };
}

function sharedBy(...reports: readonly TargetReport[]) {
  const keys = new SharedKeys();
  for (const report of reports) keys.add(report);
  return keys.found().map(({ targets }) => targets.toSorted());
}

describe('a key', () => {
  it('that two machines have is a finding with both', () => {
    assert.deepEqual(sharedBy(seen('a', '192.0.2.1'), seen('b', '192.0.2.2'), seen('c', '192.0.2.3', '22')), [
      ['a:443', 'b:443'],
    ]);
  });

  it('that one host has at several ports and addresses is none', () => {
    assert.deepEqual(sharedBy(seen('a', '192.0.2.1'), seen('a', '192.0.2.2', '11', 8443), seen('a', '192.0.2.3')), []);
  });

  it('that one address has under several names is none, in whatever order they are seen', () => {
    const [a1, a2, b1, b2] = [seen('a', '::1'), seen('a', '192.0.2.1'), seen('b', '::1'), seen('b', '192.0.2.1')];
    assert.deepEqual(sharedBy(a1, a2, b1, b2), []);
    assert.deepEqual(sharedBy(a1, b2, a2, b1), []);
  });

  it('of an end that sent none is none', () => {
    const silent = { ...seen('b', '192.0.2.2'), tls: null };
    assert.deepEqual(sharedBy(seen('a', '192.0.2.1'), silent), []);
  });
});
