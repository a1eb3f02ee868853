import assert from 'node:assert/strict';
import { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { createTrustStore } from '../../src/core/trust/anchors.ts';
import { verifyClientChain } from '../../src/core/trust/chain.ts';
import { forgeNow } from '../acceptance/harness/identities.ts';
import * as h2 from '../acceptance/wire/http2-frames.ts';
import { forge, NOW_MS } from '../trust/forge.ts';
import { type AttackedGate, attackedGate } from './attacked-gate.ts';
import { watchStalls } from './stalls.ts';

/** A full handshake and a refusal cost a few milliseconds; a stranger may not take a multiple of that. */
const MAX_STALL_MS = 500;
const NAMES = 2_000;
const STREAMS = 20;

let gate: AttackedGate;
before(async () => {
  gate = await attackedGate();
});
after(() => gate.stop());

describe('a stranger with a certificate of many names', () => {
  it('cannot hold the gate up by asking many times on one HTTP/2 connection', async () => {
    const names = Array.from({ length: NAMES }, () => ({ type: 'dns' as const, value: 'a' }));
    const leaf = await forgeNow({ name: 'stranger', names });
    const key = KeyObject.from(leaf.keys.privateKey).export({ type: 'pkcs8', format: 'pem' });
    const { ca } = gate.identity('acme-erp');
    const options = { host: '127.0.0.1', port: gate.port, servername: 'localhost', ALPNProtocols: ['h2'] };
    const socket = connect({ ...options, cert: leaf.pem, key, ca });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    const stalls = watchStalls();
    const asks = Array.from({ length: STREAMS }, (_, at) => h2.headers(1 + 2 * at, h2.getFields()));
    socket.write(Buffer.concat([h2.OPENING, ...asks]));
    await Promise.race([once(socket, 'close'), once(socket.resume(), 'end')]);
    const { worst_ms } = await stalls.end();
    socket.destroy();
    assert.ok(gate.outcomes.length > 0);
    assert.ok(gate.outcomes.every(({ verdict }) => verdict === 'refused'));
    assert.ok(worst_ms < MAX_STALL_MS, `every other connection waited ${Math.round(worst_ms)} ms`);
  });

  it('costs no more to turn away than one with few', async () => {
    const root = await forge({ name: 'root', ca: true });
    const store = createTrustStore([{ name: 'partner', pem: root.pem }], { now_ms: NOW_MS });
    const names = Array.from({ length: 6_000 }, () => ({ type: 'dns' as const, value: 'a' }));
    const leaf = await forge({ name: 'stranger', names });
    let best_ms = Number.POSITIVE_INFINITY;
    for (let run = 0; run < 5; run++) {
      const start = performance.now();
      assert.equal(verifyClientChain({ leaf: leaf.der, presented: [], store, now_ms: NOW_MS }).ok, false);
      best_ms = Math.min(best_ms, performance.now() - start);
    }
    assert.ok(best_ms < 30, `${leaf.der.length} bytes took ${Math.round(best_ms)} ms before any signature was checked`);
  });
});
