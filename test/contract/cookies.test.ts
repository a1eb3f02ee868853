import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { operationWith, rebuild, told } from './world.ts';

const SESSION = operationWith(
  '/a',
  '{ name: session, in: cookie, required: true, schema: { type: string, maxLength: 12 } }',
  '{ name: page, in: cookie, schema: { type: integer } }',
  '{ name: tags, in: cookie, explode: false, schema: { type: array, items: { type: string } } }',
  '{ name: by, in: cookie, x-bind: principal.party, schema: { type: string } }',
);

function cookie(value: string | readonly string[] | undefined) {
  const headers = value === undefined ? {} : { cookie: value };
  return told(() => rebuild(SESSION, [], '', headers).headers);
}

test('declared cookies are one field in the order of the contract, octets as they came', () => {
  assert.deepEqual(cookie('tags=a,b; page=2; session=aB+/=%2e; by=acme'), [
    ['cookie', 'session=aB+/=%2e; page=2; tags=a,b; by=acme'],
  ]);
});

test('the crumbs of HTTP/2 are one field', () => {
  assert.deepEqual(cookie(['page=2', 'session=a']), [['cookie', 'session=a; page=2; by=acme']]);
});

test('cookies that break the contract or have two readings are refused', () => {
  const refused: [string | undefined, string][] = [
    [undefined, 'VALIDATE_PARAMETER_MISSING cookie/session required'],
    ['', 'VALIDATE_PARAMETER_MISSING cookie/session required'],
    ['session=a; theme=dark', 'VALIDATE_PARAMETER_UNDECLARED cookie undeclared'],
    ['session=a; Session=b', 'VALIDATE_PARAMETER_UNDECLARED cookie undeclared'],
    ['session=a; session=a', 'VALIDATE_PARAMETER_REPEATED cookie/session repeated'],
    ['session=a;page=1', 'VALIDATE_PARAMETER cookie/session encoding'],
    ['session=a;  page=1', 'VALIDATE_PARAMETER cookie encoding'],
    ['session=a; ', 'VALIDATE_PARAMETER cookie form'],
    ['session', 'VALIDATE_PARAMETER cookie form'],
    ['=a; session=a', 'VALIDATE_PARAMETER cookie form'],
    ['session="a"', 'VALIDATE_PARAMETER cookie/session encoding'],
    ['session=a,b', 'VALIDATE_PARAMETER cookie/session encoding'],
    ['session=a b', 'VALIDATE_PARAMETER cookie/session encoding'],
    ['session=a\\b', 'VALIDATE_PARAMETER cookie/session encoding'],
    ['session=caf\u00e9', 'VALIDATE_PARAMETER cookie/session encoding'],
    ['session=aaaaaaaaaaaaa', 'VALIDATE_PARAMETER cookie/session maxLength'],
    ['session=a; page=x', 'VALIDATE_PARAMETER cookie/page type'],
    ['session=a; by=globex', 'VALIDATE_BINDING cookie/by x-bind'],
  ];
  for (const [value, expected] of refused) assert.equal(cookie(value), expected, String(value));
});

test('an operation that declares no cookie gets none, whatever comes', () => {
  const operation = operationWith('/a', '{ name: q, in: query, schema: { type: string } }');
  assert.deepEqual(rebuild(operation, [], '', { cookie: 'session=a; ;;"' }).headers, []);
});

test('for any Cookie field only a refusal escapes, and what passes is read the same again', () => {
  const piece = fc.constantFrom(
    'session',
    'page',
    'tags',
    '=',
    '; ',
    ';',
    ' ',
    ',',
    '"',
    'a',
    '1',
    '%',
    '\u00e9',
    '\t',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece, { maxLength: 12 }).map((list) => list.join('')),
        fc.string(),
      ),
      (value) => {
        const rebuilt = cookie(value);
        if (!Array.isArray(rebuilt)) return;
        const [[, text]] = rebuilt;
        assert.match(text, /^[\x21\x23-\x3a\x3c-\x5b\x5d-\x7e]+(?:; [\x21\x23-\x3a\x3c-\x5b\x5d-\x7e]+)*$/);
        assert.deepEqual(cookie(text), rebuilt);
      },
    ),
    { numRuns: 2000 },
  );
});
