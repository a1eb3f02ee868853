import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createVolumeMemory, type VolumeMemory } from '../../src/channels/api/guards/volume-memory.ts';

const USUAL = { rows: 20, bytes: 4000 };
const HUGE = { rows: 5000, bytes: 1_000_000 };

function learned(answers: number, amount = USUAL): VolumeMemory {
  const memory = createVolumeMemory(null);
  for (let answer = 0; answer < answers; answer++) memory.observe('acme', 'orders.list', amount);
  return memory;
}

describe('unusual volume', () => {
  it('is found where an answer is far above what the party usually gets', () => {
    assert.equal(learned(60).observe('acme', 'orders.list', HUGE), 'rows');
    assert.equal(learned(60).observe('acme', 'orders.list', { rows: 20, bytes: 1_000_000 }), 'bytes');
  });

  it('is not judged before fifty answers, nor for another party or operation', () => {
    assert.equal(learned(49).observe('acme', 'orders.list', HUGE), null);
    assert.equal(learned(60).observe('globex', 'orders.list', HUGE), null);
    assert.equal(learned(60).observe('acme', 'orders.read', HUGE), null);
  });

  it('is never found below the floor, however far above the usual', () => {
    assert.equal(learned(60, { rows: 0, bytes: 2 }).observe('acme', 'orders.list', { rows: 100, bytes: 65_536 }), null);
  });

  it('is not found where amounts have always varied as much', () => {
    const memory = createVolumeMemory(null);
    for (let answer = 0; answer < 400; answer++) {
      memory.observe('acme', 'orders.list', answer % 2 === 0 ? { rows: 1, bytes: 100 } : HUGE);
    }
    assert.equal(memory.observe('acme', 'orders.list', HUGE), null);
  });

  it('is not made usual by a few large answers', () => {
    const memory = learned(200);
    for (let answer = 0; answer < 5; answer++) assert.equal(memory.observe('acme', 'orders.list', HUGE), 'rows');
  });

  it('is remembered in the text that is saved', () => {
    const saved = learned(60).text();
    assert.ok(saved);
    const again = createVolumeMemory(saved);
    assert.equal(again.changed, false);
    assert.equal(again.observe('acme', 'orders.list', HUGE), 'rows');
  });

  it('forgets first what was used least recently, and keeps a bounded number', () => {
    const memory = learned(60);
    for (let party = 0; party < 20_000; party++) memory.observe(`p${party}`, 'orders.list', USUAL);
    assert.equal(memory.observe('acme', 'orders.list', HUGE), null, 'learned anew');
    const { histories } = JSON.parse(memory.text()) as { histories: unknown[] };
    assert.equal(histories.length, 20_000);
  });

  it('takes no text that it did not write', () => {
    const texts = [
      '',
      '{}',
      'null',
      '[]',
      '{"sallyport_volume":1,"histories":[[1,2,3,4,5,6]]}',
      '{"sallyport_volume":2,"histories":[]}',
    ];
    for (const text of texts) assert.throws(() => createVolumeMemory(text), SyntaxError, text);
    fc.assert(
      fc.property(fc.json(), (text) => {
        assert.throws(() => createVolumeMemory(text), SyntaxError);
      }),
    );
  });
});
