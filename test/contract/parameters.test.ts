import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodePercent, encodePercent } from '../../src/channels/api/contract/percent.ts';
import { rebuild as check, type Headers, operationWith, told } from './world.ts';

const SEARCH = operationWith(
  '/search',
  '{ name: q, in: query, schema: { type: string, maxLength: 20 } }',
  '{ name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 100 } }',
  '{ name: ratio, in: query, schema: { type: number } }',
  '{ name: all, in: query, schema: { type: boolean } }',
  '{ name: tag, in: query, schema: { type: array, maxItems: 3, items: { type: string, minLength: 1 } } }',
  '{ name: ids, in: query, explode: false, schema: { type: array, uniqueItems: true, items: { type: integer } } }',
  '{ name: "filter[x]", in: query, schema: { type: string } }',
);

test('a query is rebuilt in one canonical form, in the order of the contract', () => {
  const rebuilt: Record<string, string> = {
    '': '',
    'q=a': 'q=a',
    'limit=10&q=a': 'q=a&limit=10',
    'q=%61%2b%20%C3%a9': 'q=a%2B%20%C3%A9',
    'q=a/b?c:d@e;f': 'q=a%2Fb%3Fc%3Ad%40e%3Bf',
    'q=a=b': 'q=a%3Db',
    'q=': 'q=',
    'q=%2525': 'q=%2525',
    'q=a,b': 'q=a%2Cb',
    'tag=a&q=z&tag=b,c': 'q=z&tag=a&tag=b%2Cc',
    'ids=3,1,2': 'ids=3,1,2',
    '%6Cimit=1': 'limit=1',
    'filter[x]=1': 'filter%5Bx%5D=1',
    'filter%5Bx%5D=1': 'filter%5Bx%5D=1',
    'ratio=-1.50e2': 'ratio=-1.50e2',
    'all=true': 'all=true',
  };
  for (const [query, expected] of Object.entries(rebuilt))
    assert.equal(check(SEARCH, [], query).query, expected, query);
});

const REFUSED_QUERIES: Record<string, string> = {
  'x=1': 'VALIDATE_PARAMETER_UNDECLARED query undeclared',
  'Q=1': 'VALIDATE_PARAMETER_UNDECLARED query undeclared',
  '__proto__=1': 'VALIDATE_PARAMETER_UNDECLARED query undeclared',
  'tag[]=1': 'VALIDATE_PARAMETER_UNDECLARED query undeclared',
  'q=1&q=1': 'VALIDATE_PARAMETER_REPEATED query/q repeated',
  'q=1&%71=2': 'VALIDATE_PARAMETER_REPEATED query/q repeated',
  'ids=1&ids=2': 'VALIDATE_PARAMETER_REPEATED query/ids repeated',
  q: 'VALIDATE_PARAMETER query form',
  '=1': 'VALIDATE_PARAMETER query form',
  '&q=1': 'VALIDATE_PARAMETER query form',
  'q=1&': 'VALIDATE_PARAMETER query form',
  'q=1&&limit=1': 'VALIDATE_PARAMETER query form',
  'q+=1': 'VALIDATE_PARAMETER query encoding',
  '%=1': 'VALIDATE_PARAMETER query encoding',
  'q=a+b': 'VALIDATE_PARAMETER query/q plus',
  'q=%': 'VALIDATE_PARAMETER query/q encoding',
  'q=%4': 'VALIDATE_PARAMETER query/q encoding',
  'q=%zz': 'VALIDATE_PARAMETER query/q encoding',
  'q=%00': 'VALIDATE_PARAMETER query/q encoding',
  'q=a%0d%0ab': 'VALIDATE_PARAMETER query/q encoding',
  'q=%7f': 'VALIDATE_PARAMETER query/q encoding',
  'q=%C2%85': 'VALIDATE_PARAMETER query/q encoding',
  'q=%c0%af': 'VALIDATE_PARAMETER query/q encoding',
  'q=%ed%a0%80': 'VALIDATE_PARAMETER query/q encoding',
  'q=%ff': 'VALIDATE_PARAMETER query/q encoding',
  'q=a b': 'VALIDATE_PARAMETER query/q encoding',
  'q=\u00e9': 'VALIDATE_PARAMETER query/q encoding',
  'q=aaaaaaaaaaaaaaaaaaaaa': 'VALIDATE_PARAMETER query/q maxLength',
  'limit=0': 'VALIDATE_PARAMETER query/limit minimum',
  'limit=': 'VALIDATE_PARAMETER query/limit type',
  'limit=1.0': 'VALIDATE_PARAMETER query/limit type',
  'limit=01': 'VALIDATE_PARAMETER query/limit type',
  'limit=%2B1': 'VALIDATE_PARAMETER query/limit type',
  'limit=1e1': 'VALIDATE_PARAMETER query/limit type',
  'limit=0x1': 'VALIDATE_PARAMETER query/limit type',
  'limit=%201': 'VALIDATE_PARAMETER query/limit type',
  'limit=-0': 'VALIDATE_PARAMETER query/limit type',
  'limit=NaN': 'VALIDATE_PARAMETER query/limit type',
  'limit=null': 'VALIDATE_PARAMETER query/limit type',
  'limit=1,"a":2': 'VALIDATE_PARAMETER query/limit type',
  'ratio=.5': 'VALIDATE_PARAMETER query/ratio type',
  'ratio=Infinity': 'VALIDATE_PARAMETER query/ratio type',
  'all=TRUE': 'VALIDATE_PARAMETER query/all type',
  'all=1': 'VALIDATE_PARAMETER query/all type',
  'tag=a&tag=b&tag=c&tag=d': 'VALIDATE_PARAMETER query/tag maxItems',
  'tag=': 'VALIDATE_PARAMETER query/tag minLength',
  'ids=1,1': 'VALIDATE_PARAMETER query/ids uniqueItems',
  'ids=1,,2': 'VALIDATE_PARAMETER query/ids type',
  [`ratio=${'1'.repeat(65)}`]: 'VALIDATE_PARAMETER query/ratio type',
  ['tag=a&'.repeat(600)]: 'VALIDATE_PARAMETER query parts',
};

test('a query that breaks the contract or has two readings is refused with its place', () => {
  for (const [query, expected] of Object.entries(REFUSED_QUERIES)) {
    assert.equal(
      told(() => check(SEARCH, [], query)),
      expected,
      query,
    );
  }
});

const FILE = operationWith(
  '/files/{name}/v{version}.json',
  '{ name: name, in: path, required: true, schema: { type: string, maxLength: 12 } }',
  '{ name: version, in: path, required: true, schema: { type: integer } }',
);

test('a path is rebuilt from its decoded parameters', () => {
  assert.equal(check(FILE, ['a%2Db', '7']).path, '/files/a-b/v7.json');
  assert.equal(check(FILE, ["a'b:c,d", '-7']).path, '/files/a%27b%3Ac%2Cd/v-7.json');
  assert.equal(check(FILE, ['..a', '7']).path, '/files/..a/v7.json');
  assert.equal(check(FILE, ['100%25', '7']).path, '/files/100%25/v7.json');
  assert.equal(check(FILE, ['%2541;b', '7']).path, '/files/%2541%3Bb/v7.json');
});

test('a path parameter that could leave its segment is refused', () => {
  for (const name of [
    '.',
    '..',
    '%2e%2e',
    '%2E.',
    'a%2fb',
    'a%2Fb',
    'a%5cb',
    'a\\b',
    'a/b',
    '',
    '%00',
    '%',
    'caf\u00e9',
    '%252e',
    '%25%32%66',
    '%25%35c',
    '%25%30%30',
    '%25%2532%2566',
    '..%3Bx',
    '..%253Bx',
    '..%3Fx',
    '..;x',
  ]) {
    assert.equal(
      told(() => check(FILE, [name, '7'])),
      'VALIDATE_PARAMETER path/name segment',
      name,
    );
  }
  assert.equal(
    told(() => check(FILE, ['a', 'x'])),
    'VALIDATE_PARAMETER path/version type',
  );
  assert.equal(
    told(() => check(FILE, ['aaaaaaaaaaaaa', '1'])),
    'VALIDATE_PARAMETER path/name maxLength',
  );
});

test('fixed text around a parameter cannot make a dot segment with it', () => {
  const operation = operationWith('/a/{x}.', '{ name: x, in: path, required: true, schema: { type: string } }');
  assert.equal(
    told(() => check(operation, ['.'])),
    'VALIDATE_PARAMETER path/x segment',
  );
  assert.equal(
    told(() => check(operation, ['%2e'])),
    'VALIDATE_PARAMETER path/x segment',
  );
  assert.equal(check(operation, ['b']).path, '/a/b.');
});

test('arrays in a path are split at raw commas only', () => {
  const operation = operationWith(
    '/a/{ids}',
    '{ name: ids, in: path, required: true, schema: { type: array, items: { type: string, maxLength: 3 } } }',
  );
  assert.equal(check(operation, ['a,b%2Cc']).path, '/a/a,b%2Cc');
  assert.equal(
    told(() => check(operation, ['a,,b'])),
    'VALIDATE_PARAMETER path/ids segment',
  );
});

const HEADED = operationWith(
  '/a',
  '{ name: X-Mode, in: header, required: true, schema: { enum: [fast, slow] } }',
  '{ name: X-Ids, in: header, schema: { type: array, maxItems: 3, items: { type: integer } } }',
  '{ name: X-Text, in: header, schema: { type: string } }',
);

test('declared header fields are rebuilt, others are not there', () => {
  const { headers } = check(HEADED, [], '', {
    'x-mode': ' fast\t',
    'x-ids': ['1, 2', '3'],
    'x-text': 'a, "b"  c',
    'x-other': '1',
  });
  assert.deepEqual(headers, [
    ['x-mode', 'fast'],
    ['x-ids', '1,2,3'],
    ['x-text', 'a, "b"  c'],
  ]);
});

test('header fields that break the contract or have two readings are refused', () => {
  const cases: [Headers, string][] = [
    [{}, 'VALIDATE_PARAMETER_MISSING header/X-Mode required'],
    [{ 'x-mode': 'Fast' }, 'VALIDATE_PARAMETER header/X-Mode enum'],
    [{ 'x-mode': ['fast', 'fast'] }, 'VALIDATE_PARAMETER_REPEATED header/X-Mode repeated'],
    [{ 'x-mode': 'fast', 'x-ids': '1,,2' }, 'VALIDATE_PARAMETER header/X-Ids encoding'],
    [{ 'x-mode': 'fast', 'x-ids': '1,2,3,4' }, 'VALIDATE_PARAMETER header/X-Ids maxItems'],
    [{ 'x-mode': 'fast', 'x-ids': '"1,2"' }, 'VALIDATE_PARAMETER header/X-Ids encoding'],
    [{ 'x-mode': 'fast', 'x-text': '' }, 'VALIDATE_PARAMETER header/X-Text encoding'],
    [{ 'x-mode': 'fast', 'x-text': 'a\u0000' }, 'VALIDATE_PARAMETER header/X-Text encoding'],
    [{ 'x-mode': 'fast', 'x-text': 'caf\u00e9' }, 'VALIDATE_PARAMETER header/X-Text encoding'],
  ];
  for (const [headers, expected] of cases)
    assert.equal(
      told(() => check(HEADED, [], '', headers)),
      expected,
    );
});

const BOUND = operationWith(
  '/parties/{party}',
  '{ name: party, in: path, required: true, x-bind: principal.party, schema: { type: string } }',
  '{ name: by, in: query, x-bind: principal.machine, schema: { type: string, maxLength: 10 } }',
  '{ name: X-Party, in: header, schema: { type: string, x-bind: principal.party } }',
);

test('bound parameters must name the caller, and are filled in where absent', () => {
  const expected = { path: '/parties/acme', query: 'by=acme-erp', headers: [['x-party', 'acme']] };
  assert.deepEqual(check(BOUND, ['acme']), expected);
  assert.deepEqual(check(BOUND, ['%61cme'], 'by=acme%2Derp', { 'x-party': 'acme' }), expected);
  assert.equal(
    told(() => check(BOUND, ['globex'])),
    'VALIDATE_BINDING path/party x-bind',
  );
  assert.equal(
    told(() => check(BOUND, ['acme'], 'by=acme')),
    'VALIDATE_BINDING query/by x-bind',
  );
  assert.equal(
    told(() => check(BOUND, ['Acme'])),
    'VALIDATE_BINDING path/party x-bind',
  );
  assert.equal(
    told(() => check(BOUND, ['acme'], '', { 'x-party': 'globex' })),
    'VALIDATE_BINDING header/X-Party x-bind',
  );
});

test('a required bound parameter is not filled in', () => {
  const operation = operationWith(
    '/a',
    '{ name: p, in: query, required: true, x-bind: principal.party, schema: { type: string } }',
  );
  assert.equal(
    told(() => check(operation, [])),
    'VALIDATE_PARAMETER_MISSING query/p required',
  );
});

test('a caller whose name does not fit the schema is refused rather than filled in', () => {
  const operation = operationWith(
    '/a',
    '{ name: p, in: query, x-bind: principal.party, schema: { type: string, maxLength: 3 } }',
  );
  assert.equal(
    told(() => check(operation, [])),
    'VALIDATE_PARAMETER query/p maxLength',
  );
});

test('percent-encoding takes every text there and back', () => {
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(text, (original) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
      const readable = !/[\u0000-\u001f\u007f-\u009f]/.test(original);
      assert.equal(decodePercent(encodePercent(original)), readable ? original : null);
      assert.match(encodePercent(original), /^(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})*$/);
    }),
  );
});

const OPEN = operationWith(
  '/a/{x}',
  '{ name: x, in: path, required: true, schema: { type: string } }',
  '{ name: a, in: query, schema: { type: array, items: { type: string } } }',
  '{ name: b, in: query, schema: { type: string } }',
  '{ name: h, in: header, schema: { type: array, items: { type: string } } }',
);
const piece = fc.constantFrom(
  'a',
  'b',
  '=',
  '&',
  '%',
  '%41',
  '%2B',
  '%20',
  '+',
  '%C3%A9',
  '%FF',
  ',',
  ';',
  '%2F',
  '..',
  '%00',
  '\u00e9',
  '1',
);
const raw = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(''));

test('for any query only a refusal escapes, and what passes reads as URLSearchParams reads it', () => {
  fc.assert(
    fc.property(raw, (query) => {
      const rebuilt = told(() => check(OPEN, ['x'], query).query);
      if (String(rebuilt).startsWith('VALIDATE_')) return;
      const [given, passed] = [new URLSearchParams(query), new URLSearchParams(String(rebuilt))];
      for (const name of ['a', 'b']) assert.deepEqual(passed.getAll(name), given.getAll(name));
      assert.equal(passed.size, given.size);
      assert.equal(
        told(() => check(OPEN, ['x'], String(rebuilt)).query),
        rebuilt,
      );
    }),
    { numRuns: 3000 },
  );
});

test('for any path only a refusal escapes, and what passes stays where it is', () => {
  fc.assert(
    fc.property(fc.oneof(raw, fc.string({ unit: 'binary' })), (segment) => {
      const path = told(() => check(OPEN, [segment]).path);
      if (String(path).startsWith('VALIDATE_')) return;
      const url = new URL(`http://h${String(path)}`);
      assert.equal(url.pathname, path);
      assert.equal(decodeURIComponent(String(path).slice(3)), decodeURIComponent(segment));
    }),
    { numRuns: 2000 },
  );
});

test('for any header value only a refusal escapes, and what passes holds no line break', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }), (h) => {
      const headers = told(() => check(OPEN, ['x'], '', { h }).headers);
      if (Array.isArray(headers)) for (const [, value] of headers) assert.match(value, /^[\t\x20-\x7e]+$/);
    }),
  );
});
