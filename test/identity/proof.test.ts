import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Connection } from '../../src/channels/api/listener/connection.ts';
import type { ZonePlan } from '../../src/channels/api/plan.ts';
import { proofOf } from '../../src/channels/api/steps/authenticate.ts';
import { buildRegistry } from '../../src/core/identity/index.ts';
import { createChainMemory, createTrustStore, thumbprint } from '../../src/core/trust/index.ts';
import { DAY_MS, type Forged, forge, NOW_MS } from '../trust/forge.ts';

const root = await forge({ name: 'Root', ca: true });

/** A plan of which authentication sees no more than this. */
function planOf(): ZonePlan {
  const parts = {
    id: 'partner',
    trust: createTrustStore([{ name: 'partner-ca', pem: root.pem }], { now_ms: NOW_MS }),
    registry: buildRegistry({ parties: [], groups: [], machines: [], trusts: ['partner-ca'], zones: ['partner'] }),
    chains: createChainMemory(8),
  };
  return parts as unknown as ZonePlan;
}

function connectionWith(leaf: Forged | null): Connection {
  const presented = leaf && { leaf: leaf.der, presented: [] };
  return { presented, tls: { resumed: false }, proof: null } as unknown as Connection;
}

describe('the proof of a connection', () => {
  it('that was refused stands for the plan it was made under, and is made again under the next', async () => {
    const stranger = await forge({ name: 'stranger' });
    const known = await forge({ name: 'unregistered', issuer: root });
    for (const [leaf, code] of [
      [stranger, 'AUTHN_CERT_UNKNOWN_ISSUER'],
      [known, 'AUTHN_MACHINE_UNKNOWN'],
      [null, 'AUTHN_NONE'],
    ] as const) {
      const [connection, plan] = [connectionWith(leaf), planOf()];
      const first = proofOf(connection, plan, NOW_MS);
      assert.equal(first.code, code);
      assert.equal(first.credential, leaf && thumbprint(leaf.der));
      assert.equal(proofOf(connection, plan, NOW_MS + DAY_MS), first);
      assert.notEqual(proofOf(connection, planOf(), NOW_MS), first);
    }
  });

  it('that was refused by its times is made again', async () => {
    const tomorrow = await forge({ name: 'unregistered', issuer: root, from_days: 1, to_days: 2 });
    const [connection, plan] = [connectionWith(tomorrow), planOf()];
    const codeAt = (days: number) => proofOf(connection, plan, NOW_MS + days * DAY_MS).code;
    assert.deepEqual([0, 1.5, 3].map(codeAt), [
      'AUTHN_CERT_NOT_YET_VALID',
      'AUTHN_MACHINE_UNKNOWN',
      'AUTHN_MACHINE_UNKNOWN',
    ]);
    const late = connectionWith(tomorrow);
    assert.equal(proofOf(late, plan, NOW_MS + 3 * DAY_MS).code, 'AUTHN_CERT_EXPIRED');
    assert.equal(proofOf(late, plan, NOW_MS + 1.5 * DAY_MS).code, 'AUTHN_MACHINE_UNKNOWN');
  });
});
