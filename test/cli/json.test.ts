import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { json } from '../../src/cli/json.ts';

test('whatever is written for machines reads back the same, and a terminal shows it as it is', () => {
  const text = fc.string({ unit: 'binary' });
  const odd = fc.constantFrom(
    '\u0000',
    '\u001b',
    '\u0085',
    '\u009b',
    '\u00ad',
    '\u202e',
    '\u2028',
    '\ufeff',
    '\u{e0041}',
  );
  const value = fc.dictionary(fc.oneof(text, odd), fc.array(fc.oneof(text, odd)));
  fc.assert(
    fc.property(value, (written) => {
      const form = json(written);
      assert.deepEqual(JSON.parse(form), JSON.parse(JSON.stringify(written)));
      assert.doesNotMatch(form.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: 500 },
  );
});
