import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { type Fill, parseJson, pointerTo, type Tape, trim } from '../../src/protocol/json/index.ts';

function nodesAt(tape: Tape, pointers: readonly string[]): number[] {
  const nodes = Array.from({ length: tape.size }, (_, node) => node);
  return nodes.filter((node) => pointers.includes(pointerTo(tape, node)));
}

function trimmed(text: string, pointers: readonly string[], fills: readonly Fill[] = []): string {
  const tape = parseJson(Buffer.from(text));
  return trim(tape, nodesAt(tape, pointers), fills).toString();
}

describe('trim', () => {
  it('returns the source itself when there is nothing to do', () => {
    const tape = parseJson(Buffer.from(' {"a" : 1} '));
    assert.equal(trim(tape, []), tape.source);
  });

  const cases: readonly (readonly [string, string[], string])[] = [
    ['{"a":1,"b":2,"c":3}', ['/a'], '{"b":2,"c":3}'],
    ['{"a":1,"b":2,"c":3}', ['/b'], '{"a":1,"c":3}'],
    ['{"a":1,"b":2,"c":3}', ['/c'], '{"a":1,"b":2}'],
    ['{"a":1,"b":2,"c":3}', ['/b', '/c'], '{"a":1}'],
    ['{"a":1,"b":2}', ['/a', '/b'], '{}'],
    ['[1,2,3,4]', ['/1', '/3'], '[1,3]'],
    ['{"x":{"y":[{"z":1,"q":2}]},"w":0}', ['/x/y/0/q'], '{"x":{"y":[{"z":1}]},"w":0}'],
    ['{"a":{"b":1},"c":{"d":1}}', ['/a/b', '/c'], '{"a":{}}'],
  ];
  for (const [text, pointers, expected] of cases) {
    it(`leaves ${pointers.join(' and ')} out of ${text}`, () => {
      assert.equal(trimmed(text, pointers), expected);
    });
  }

  it('keeps the digits of numbers, the escapes of strings and the order of members', () => {
    const text = '{"z":12345678901234567890,"cut":0,"y":1e400,"x":1.0,"\\u0061":"\\u00e9é\\/","b":-0.0}';
    assert.equal(trimmed(text, ['/cut']), text.replace('"cut":0,', ''));
  });

  it('fills members at the end of their objects, escaped', () => {
    const fills = [
      { object: 1, name: 'k"', value: 'v\n€' },
      { object: 0, name: 'party', value: 'acme' },
    ];
    assert.equal(trimmed('{"a":{},"b":1}', ['/b'], fills), '{"a":{"k\\"":"v\\n€"},"party":"acme"}');
  });

  it('has room for fills that escape to six times their length', () => {
    const value = '\u0001'.repeat(100);
    assert.deepEqual(JSON.parse(trimmed('{}', [], [{ object: 0, name: value, value }])), { [value]: value });
  });
});
