import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AttackedGate, attackedGate, post } from './attacked-gate.ts';

const ORDER_TEXT = '{"item":"bolt","quantity":1}';

let gate: AttackedGate;
before(async () => {
  gate = await attackedGate({ more: 'limits: { operation: 5/1m }\n' });
});
after(() => gate.stop());

describe('the budget of an operation', () => {
  it('is not used up by a party that may not call it', async () => {
    for (let call = 0; call < 6; call++) await gate.send(post('/api/orders', ORDER_TEXT), 'globex-reports');
    const refused = gate.outcomes.filter(({ party }) => party === 'globex');
    assert.equal(refused.filter(({ verdict }) => verdict === 'refused').length, 6);
    const answer = await gate.send(post('/api/orders', ORDER_TEXT));
    assert.equal(answer.status, 201, `the party that may got ${gate.outcomes.at(-1)?.code}`);
  });
});
