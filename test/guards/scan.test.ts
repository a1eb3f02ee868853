import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Findings } from '../../src/channels/api/guards/findings.ts';
import { guardJson } from '../../src/channels/api/guards/guard.ts';
import { masked, withStrings } from '../../src/channels/api/guards/mask.ts';
import { NO_PLACES } from '../../src/channels/api/guards/operation-places.ts';
import { UNKNOWN_BODY } from '../../src/channels/api/guards/place.ts';
import { GuardCompiler } from '../../src/channels/api/guards/plan.ts';
import type { InspectedText, Rule } from '../../src/channels/api/guards/rule.ts';
import { RULES } from '../../src/channels/api/guards/rules/index.ts';
import { Scanner } from '../../src/channels/api/guards/scanner.ts';
import { DEFAULT_GUARDS, type GuardSettings } from '../../src/channels/api/guards/settings.ts';
import { parseJson } from '../../src/protocol/json/index.ts';

const KEY = 'AKIAIOSFODNN7EXAMPLE';
const all = new Scanner(RULES);
const anchors = RULES.flatMap((rule) => rule.anchors);
const soup = fc
  .array(
    fc.oneof(
      fc.constantFrom(...anchors),
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom('1', ' ', "'", 'A', '0000', '@', '.com', '%41'),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

/** Numbers with what stands around them: whole ones, parts of ids, and such that are none. */
const numbers = fc
  .array(
    fc.oneof(
      fc.constantFrom('-', ' ', '.', '/', 'a', 'AB', 'é', '19', '+', 'QQ123456C', 'AB 12 34 56 C', 'RSSMRA85T10A562S'),
      fc.constantFrom(
        '4111111111111111',
        '4111 1111 1111 1111',
        '121212-1212',
        '19121212+1212',
        'GB82WEST12345698765432',
      ),
      fc.uuid(),
      fc.nat().map(String),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

const textOf = (text: string): InspectedText => {
  const bytes = Buffer.from(text);
  return { bytes, start: 0, end: bytes.length };
};

function guard(text: string, settings: Partial<GuardSettings> = {}, undeclared: readonly number[] = []) {
  const tape = parseJson(Buffer.from(text));
  const findings = new Findings();
  const plan = new GuardCompiler().compile({ ...DEFAULT_GUARDS, ...settings }, NO_PLACES);
  const { masks, rows } = guardJson(plan.answer!, { tape, undeclared, body: UNKNOWN_BODY }, findings);
  return {
    list: findings.list,
    blocking: findings.blocking,
    masked: masks.length > 0 ? withStrings(tape, masks).toString() : null,
    rows,
  };
}

describe('a scan', () => {
  it('ends with finds inside the text, whatever the text is', () => {
    fc.assert(
      fc.property(soup, (text) => {
        const inspected = textOf(text);
        for (const { start, end } of all.scan(inspected)) assert.ok(start >= 0 && start < end && end <= inspected.end);
      }),
      { numRuns: 2000 },
    );
  });

  it('passes over no find because of what stands before an anchor', () => {
    const unaware = new Scanner(RULES.map((rule) => ({ ...rule, preceded_by: null })));
    const shown = (scanner: Scanner, text: InspectedText) =>
      scanner.scan(text).map(({ rule, start, end }) => `${rule.id} ${start} ${end}`);
    fc.assert(
      fc.property(fc.oneof(soup, numbers), (text) => {
        const inspected = textOf(text);
        assert.deepEqual(shown(all, inspected), shown(unaware, inspected));
      }),
      { numRuns: 2000 },
    );
  });

  it('suspects a string as it suspects its bytes', () => {
    fc.assert(
      fc.property(fc.oneof(soup, numbers, fc.string()), (text) => {
        const bytes = Buffer.from(text);
        assert.equal(all.suspectsText(text), all.suspects(bytes, 0, bytes.length));
      }),
      { numRuns: 2000 },
    );
  });

  it('finds nothing that the first look would have passed over', () => {
    fc.assert(
      fc.property(soup, (text) => {
        const { bytes, start, end } = textOf(text);
        if (!all.suspects(bytes, start, end)) assert.deepEqual(all.scan({ bytes, start, end }), []);
      }),
      { numRuns: 2000 },
    );
  });

  it('finds the same in a part of a buffer as in the part alone', () => {
    fc.assert(
      fc.property(soup, soup, soup, (before, text, behind) => {
        const [bytes, from] = [Buffer.from(before + text + behind), Buffer.byteLength(before)];
        const inside = all.scan({ bytes, start: from, end: from + Buffer.byteLength(text) });
        const alone = all.scan(
          textOf(
            Buffer.from(before + text + behind)
              .subarray(from, from + Buffer.byteLength(text))
              .toString(),
          ),
        );
        assert.deepEqual(
          inside.map(({ rule }) => rule.id),
          alone.map(({ rule }) => rule.id),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('searches a text full of one anchor a bounded number of times', () => {
    const text = "' or ".repeat(10_000);
    let looked = 0;
    const counting = RULES.map(
      (rule): Rule => ({
        ...rule,
        find(inspected, at, end, search) {
          const before = search.tried;
          const found = rule.find(inspected, at, end, search);
          if (search.tried > before) looked++;
          return found;
        },
      }),
    );
    new Scanner(counting).scan(textOf(text));
    assert.ok(looked < 10_000, `${looked} searches`);
  });
});

describe('a look at JSON', () => {
  it('says where, with stars for indices, and counts', () => {
    const { list } = guard(`{"a":[{"b":"${KEY}"},{"b":"x ${KEY} y ${KEY}"}]}`);
    assert.deepEqual(list, [
      { guard: 'secrets', rule: 'aws-access-key', action: 'block', pointer: '/a/*/b', count: 3 },
    ]);
  });

  it('reads escapes, names of open objects and the root', () => {
    assert.equal(guard('{"a":"\\u0041KIAIOSFODNN7EXAMPLE"}').list.length, 1);
    assert.equal(guard(`{"${KEY}":1}`).list.length, 1);
    assert.equal(guard('{"\\u0041KIAIOSFODNN7EXAMPLE":1}').list.length, 1);
    assert.equal(guard(`"${KEY}"`).list[0]?.pointer, '');
  });

  it('passes over what is left out', () => {
    const text = `{"a":{"b":"${KEY}"},"c":"${KEY}"}`;
    assert.deepEqual(
      guard(text, {}, [1]).list.map(({ pointer }) => pointer),
      ['/c'],
    );
  });

  it('masks values without telling their length, and whole characters only', () => {
    assert.equal(guard(`{"a":"ä ${KEY} ö","b":1.10}`, { secrets: 'mask' }).masked, '{"a":"ä [removed] ö","b":1.10}');
    assert.equal(guard(`["\\"${KEY}\\n"]`, { secrets: 'mask' }).masked, '["\\"[removed]\\n"]');
    assert.equal(masked(Buffer.from('aäb'), [{ start: 2, end: 3 }]).toString(), 'a[removed]b');
  });

  it('masks a trace to the end of its text', () => {
    const text = JSON.stringify(['failed\n  at com.acme.A.b(A.java:1)\n  at com.acme.C.d(C.java:2)']);
    assert.equal(guard(text, { exceptions: 'mask' }).masked, '["failed\\n  [removed]"]');
  });

  it('blocks where a name would have to be masked', () => {
    const { blocking, masked: text } = guard(`{"${KEY}":1}`, { secrets: 'mask' });
    assert.deepEqual([blocking?.rule, text], ['aws-access-key', null]);
  });

  it('lists a bounded number of places and blocks for those beyond too', () => {
    const places = Array.from({ length: 40 }, (_, index) => `"a${index}":"+3725123456${index % 10}"`);
    const { list, blocking } = guard(`{${places.join()},"z":"${KEY}"}`);
    assert.equal(list.length, 16);
    assert.equal(blocking?.rule, 'aws-access-key');
  });

  it('counts the items of the largest array', () => {
    assert.equal(guard('{"a":[1,2,3],"b":[[1,2,3,4]]}').rows, 4);
  });

  it('never throws for any JSON, and what it masks is JSON', () => {
    const off = { secrets: 'mask', exceptions: 'mask', 'personal-data': 'mask' } as const;
    fc.assert(
      // The parser refuses such a name before any guard looks.
      fc.property(fc.jsonValue().filter(parses), soup, (value, text) => {
        const { masked: result } = guard(JSON.stringify([value, text.toWellFormed()]), off);
        if (result !== null) JSON.parse(result);
      }),
      { numRuns: 500 },
    );
  });
});

function parses(value: unknown): boolean {
  return !JSON.stringify(value).includes('__proto__');
}
