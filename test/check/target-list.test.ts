import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseTargetList } from '../../src/check/target-list.ts';

describe('a list of targets', () => {
  it('has one a line, with comments and empty lines, each target once and where it stands', () => {
    const { targets, bad_lines } = parseTargetList(
      '# partners\n\napi.example.org\n  192.0.2.7:8443  # the old one\r\napi.example.org\n',
      'partners.txt',
    );
    assert.deepEqual(
      targets.map(({ text, place }) => [text, place]),
      [
        ['api.example.org', { file: 'partners.txt', line: 3 }],
        ['192.0.2.7:8443', { file: 'partners.txt', line: 4 }],
      ],
    );
    assert.deepEqual(bad_lines, []);
  });

  it('says which lines hold no target', () => {
    const { targets, bad_lines } = parseTargetList('a\nb c\nhttp://d\n', 'list');
    assert.deepEqual([targets.map(({ text }) => text), bad_lines], [['a'], [2, 3]]);
  });

  it('is read to its end whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { targets, bad_lines } = parseTargetList(text, 'list');
        assert.ok(targets.length + bad_lines.length <= text.split('\n').length);
      }),
    );
  });
});
