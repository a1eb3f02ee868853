import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadContract } from '../../src/channels/api/contract/index.ts';
import { operationWith, rebuild, told } from './world.ts';

function query(schema: string, rest = '') {
  const operation = operationWith('/a', `{ name: q, in: query, ${rest} schema: ${schema} }`);
  return (text: string) => told(() => rebuild(operation, [], text).query);
}

test('of several readings the first that the schema accepts counts, and the text stays the same', () => {
  const accepted: [schema: string, texts: string[]][] = [
    ['{ oneOf: [{ type: integer, maximum: 10 }, { type: string, pattern: "^[a-z]+$" }] }', ['5', 'abc']],
    ['{ type: [string, "null"] }', ['null', 'a', '5']],
    ['{ type: [integer, boolean] }', ['1', 'true']],
    ['{ anyOf: [{ type: boolean }, { type: number, minimum: 2 }] }', ['false', '2.50']],
    ['{ enum: [1, two, true] }', ['1', 'two', 'true']],
    ['{ const: 5 }', ['5']],
    ['{}', ['5', 'a', 'true']],
    ['{ minimum: 3 }', ['3', '4.5']],
    ['{ format: int64, maximum: 9 }', ['9']],
    ['true', ['a']],
  ];
  for (const [schema, texts] of accepted) {
    for (const text of texts) assert.equal(query(schema)(`q=${text}`), `q=${text}`, `${schema} ${text}`);
  }
});

test('a text for which no reading keeps the schema is refused', () => {
  const refused: [schema: string, text: string, rule: string][] = [
    ['{ oneOf: [{ type: integer, maximum: 10 }, { type: string, pattern: "^[a-z]+$" }] }', '11', 'maximum'],
    ['{ type: [integer, boolean] }', 'a', 'type'],
    ['{ enum: [1, two] }', '2', 'enum'],
    ['{ enum: [1, 2] }', 'two', 'type'],
    ['{ minimum: 3 }', '2', 'minimum'],
    ['{ minimum: 3 }', 'a', 'type'],
    ['{ format: int64, maximum: 9 }', '10', 'maximum'],
    ['{ allOf: [{ type: [string, integer] }, { type: integer }] }', 'a', 'type'],
  ];
  for (const [schema, text, rule] of refused) {
    assert.equal(query(schema)(`q=${text}`), `VALIDATE_PARAMETER query/q ${rule}`, `${schema} ${text}`);
  }
});

test('a string or an array of strings is read as either, exploded or not', () => {
  const exploded = query('{ oneOf: [{ type: string }, { type: array, maxItems: 2, items: { type: string } }] }');
  assert.equal(exploded('q=79%2C284'), 'q=79%2C284');
  assert.equal(exploded('q=79&q=284'), 'q=79&q=284');
  assert.equal(exploded('q=1&q=2&q=3'), 'VALIDATE_PARAMETER query/q maxItems');
  const joined = query(
    '{ oneOf: [{ type: string, pattern: "^x" }, { type: array, items: { enum: [a, "b,c"] } }] }',
    'explode: false,',
  );
  for (const text of ['a,b%2Cc', 'x,y', 'x']) assert.equal(joined(`q=${text}`), `q=${text}`);
  assert.match(String(joined('q=a,b,c')), /^VALIDATE_PARAMETER query\/q (?:pattern|enum|oneOf)$/);
});

test('items and members with several readings are chosen one by one', () => {
  const items = query(
    '{ type: array, items: { oneOf: [{ type: integer, maximum: 9 }, { const: many }, { enum: ["10"] }] } }',
  );
  assert.equal(items('q=1&q=many&q=10'), 'q=1&q=many&q=10');
  assert.equal(items('q=1&q=11'), 'VALIDATE_PARAMETER query/q oneOf');
  const tuple = query(
    '{ type: array, prefixItems: [{ type: integer }, { type: boolean }], items: false }',
    'explode: false,',
  );
  assert.equal(tuple('q=1,true'), 'q=1,true');
  assert.match(String(tuple('q=1,true,x')), /^VALIDATE_PARAMETER query\/q/);
  assert.equal(tuple('q=true,1'), 'VALIDATE_PARAMETER query/q type');
});

test('a bound member of an object must be given: there is no place to fill it in', () => {
  const bound = query(
    '{ type: object, properties: { by: { type: string, x-bind: principal.party }, n: { type: integer } } }',
  );
  assert.equal(bound('n=1&by=acme'), 'n=1&by=acme');
  assert.equal(bound('by=globex'), 'VALIDATE_BINDING query/q x-bind');
  assert.equal(bound('n=1'), 'VALIDATE_BINDING query/q x-bind');
});

test('a content of JSON is parsed strictly, judged, and written without blanks in ASCII', () => {
  const schema =
    '{ type: object, required: [a], properties: { a: { type: integer }, t: { type: string }, by: { type: string, x-bind: principal.party } } }';
  const operation = operationWith(
    '/a/{p}',
    `{ name: p, in: path, required: true, content: { application/json: { schema: { type: array, items: { type: integer } } } } }`,
    `{ name: q, in: query, content: { application/json: { schema: ${schema} } } }`,
    `{ name: X-Q, in: header, content: { application/json: { schema: ${schema} } } }`,
    `{ name: c, in: cookie, content: { application/json: { schema: ${schema} } } }`,
  );
  const json = '{ "t": "\u00e9",\n"a": 1.0 }'.replace('\n', ' ');
  const written = '{"t":"\\u00e9","a":1.0,"by":"acme"}';
  const sent = encodeURIComponent(json);
  const rebuilt = rebuild(operation, ['%5B1%2C2%5D'], `q=${sent}`, { 'x-q': '{"a":1.0}', cookie: `c=${sent}` });
  assert.equal(rebuilt.path, '/a/%5B1%2C2%5D');
  assert.equal(decodeURIComponent(rebuilt.query), `q=${written}`);
  assert.deepEqual(rebuilt.headers[0], ['x-q', '{"a":1.0,"by":"acme"}']);
  assert.equal(decodeURIComponent(rebuilt.headers[1]?.[1] ?? ''), `c=${written}`);
  const refused: Record<string, string> = {
    '{"a":1,"a":2}': 'VALIDATE_PARAMETER query/q json',
    '{"a":1}x': 'VALIDATE_PARAMETER query/q json',
    '': 'VALIDATE_PARAMETER query/q json',
    '{"b":1}': 'VALIDATE_PARAMETER query/q required',
    '{"a":1,"b":1}': 'VALIDATE_PARAMETER query/q undeclared',
    '{"a":1,"by":"globex"}': 'VALIDATE_BINDING query/q x-bind',
  };
  for (const [text, expected] of Object.entries(refused)) {
    const outcome = told(() => rebuild(operation, ['%5B%5D'], `q=${encodeURIComponent(text)}`));
    assert.equal(outcome, expected, text);
  }
});

test('a content of plain text is a string', () => {
  const operation = operationWith(
    '/a',
    '{ name: q, in: query, content: { text/plain: { schema: { type: string, maxLength: 3 } } } }',
  );
  assert.equal(rebuild(operation, [], 'q=a%2Cb').query, 'q=a%2Cb');
  assert.equal(
    told(() => rebuild(operation, [], 'q=abcd')),
    'VALIDATE_PARAMETER query/q maxLength',
  );
});

test('an empty value passes where it is allowed, with or without its equals sign', () => {
  const flag = query('{ type: boolean }', 'allowEmptyValue: true,');
  assert.deepEqual(['q', 'q=', 'q=true'].map(flag), ['q=', 'q=', 'q=true']);
  assert.equal(flag('q=maybe'), 'VALIDATE_PARAMETER query/q type');
  assert.equal(flag('q&q'), 'VALIDATE_PARAMETER_REPEATED query/q repeated');
  assert.equal(query('{ type: boolean }')('q'), 'VALIDATE_PARAMETER query form');
  const bound = query('{ type: string }', 'x-bind: principal.party, allowEmptyValue: true,');
  assert.equal(bound('q='), 'VALIDATE_BINDING query/q x-bind');
});

test('reserved characters travel as they are where allowed, but never those that delimit', () => {
  const raw = query('{ type: string }', 'allowReserved: true,');
  assert.equal(raw("q=/a:b@c?d!$e'(f)*"), "q=/a:b@c?d!$e'(f)*");
  assert.equal(raw('q=%2Fa%26b%3Dc%2Bd%23e%3Bf%5Bg%5D%2C'), 'q=/a%26b%3Dc%2Bd%23e%3Bf%5Bg%5D%2C');
  assert.equal(raw('q=a+b'), 'VALIDATE_PARAMETER query/q plus');
  assert.equal(query('{ type: string }')('q=/a'), 'q=%2Fa');
});

test('a slash in a path value passes only as the contract says', () => {
  const path = (rest: string) => {
    const operation = operationWith(
      '/a/{x}/b',
      `{ name: x, in: path, required: true, ${rest} schema: { type: string, maxLength: 9 } }`,
    );
    return (raw: string) => told(() => rebuild(operation, [raw]).path);
  };
  const refused = 'VALIDATE_PARAMETER path/x segment';
  const [none, encoded, several] = [path(''), path('x-encoded-slash: true,'), path('x-multi-segment: true,')];
  assert.deepEqual(['p%2Fq', 'p/q'].map(none), [refused, refused]);
  assert.deepEqual(['p', 'p%2fq', 'p%2Fq%2Fr'].map(encoded), ['/a/p/b', '/a/p%2Fq/b', '/a/p%2Fq%2Fr/b']);
  for (const raw of [
    'p/q',
    '%2Fp',
    'p%2F',
    'p%2F%2Fq',
    'p%2F..%2Fq',
    '..%2Fp',
    'p%2F%2E',
    'p%5Cq',
    'p%252Fq',
    'p%2F%2e%2e',
  ]) {
    assert.equal(encoded(raw), refused, raw);
  }
  assert.deepEqual(['p', 'p/q', 'p/%C3%A9'].map(several), ['/a/p/b', '/a/p/q/b', '/a/p/%C3%A9/b']);
  for (const raw of ['p%2Fq', 'p/../q', 'p/%2e%2e', '/p', 'p/', 'p//q', './p', 'p%252Fq', 'p/%00']) {
    assert.equal(several(raw), refused, raw);
  }
  assert.equal(several('aaaaa/aaaa'), 'VALIDATE_PARAMETER path/x maxLength');
});

test('what is decoded cannot move the border between two parameters of a segment', () => {
  const operation = operationWith(
    '/c/{base}...{head}',
    '{ name: base, in: path, required: true, schema: { type: string } }',
    '{ name: head, in: path, required: true, schema: { type: string } }',
  );
  assert.equal(rebuild(operation, ['a', 'b']).path, '/c/a...b');
  assert.equal(rebuild(operation, ['a', 'b..c']).path, '/c/a...b..c');
  for (const [base, head] of [
    ['a%2E%2E%2Eb', 'c'],
    ['a%2E', 'c'],
    ['a', 'b%2E%2E%2Ec'],
  ]) {
    assert.equal(
      told(() => rebuild(operation, [base!, head!])),
      'VALIDATE_PARAMETER path/head segment',
    );
  }
});

test('header parameters which the gate writes are read past', () => {
  const operation = operationWith(
    '/a',
    '{ name: Host, in: header, schema: { type: string } }',
    '{ name: Range, in: header, schema: { type: string } }',
    '{ name: X-Forwarded-For, in: header, schema: { type: string } }',
    '{ name: Idempotency-Key, in: header, required: true, schema: { type: string } }',
    '{ name: If-None-Match, in: header, schema: { type: string } }',
  );
  const headers = {
    host: 'x',
    range: 'bytes=0-1',
    'x-forwarded-for': '1',
    'idempotency-key': 'k',
    'if-none-match': '"e"',
  };
  assert.deepEqual(rebuild(operation, [], '', headers).headers, [
    ['idempotency-key', 'k'],
    ['if-none-match', '"e"'],
  ]);
});

test('a text of very many items or brackets is refused before it is judged', () => {
  const list = query('{ type: array, items: { type: string } }', 'explode: false,');
  assert.equal(list(`q=${'a,'.repeat(1024)}a`), 'VALIDATE_PARAMETER query/q items');
  assert.equal(String(list(`q=${'a,'.repeat(1023)}a`)).length, 2 + 2047);
});

test('what is read past is among the notes of the contract', () => {
  const { notes, operations } = loadContract({
    api: 'a',
    path: 'a.yaml',
    text: `openapi: 3.1.0
info: { title: A, version: '1' }
paths:
  /a/{p}:
    get:
      parameters:
        - { name: p, in: path, schema: { type: string } }
        - { name: Host, in: header, schema: { type: string } }
        - { name: q, in: query, x-multi-segment: true, schema: { type: string } }
        - { name: c, in: cookie, allowReserved: true, schema: { type: string } }
      responses: { '204': { description: done, headers: { Content-Length: { schema: { type: string } } } } }
`,
  });
  assert.deepEqual(
    notes.map(({ keyword }) => keyword),
    [
      'path parameter without required',
      'header parameter host',
      'slashes outside of paths',
      'allowReserved',
      'response header content-length',
    ],
  );
  assert.equal(operations[0]?.parameters.path[0]?.required, true);
});

test('for any text under a content of JSON only a refusal escapes, and what passes is the same value', () => {
  const operation = operationWith(
    '/a',
    '{ name: q, in: query, content: { application/json: { schema: true } } }',
    '{ name: X-Q, in: header, content: { application/json: { schema: true } } }',
  );
  const text = fc.oneof(
    fc.json({ noUnicodeString: false }),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('{"a":1,"a":1}', '{"__proto__":1}', '1 2', '"\\ud800"', '[1e999]', ' [ ] '),
  );
  fc.assert(
    fc.property(text, (json) => {
      const sent = encodeURIComponent(json.toWellFormed());
      const rebuilt = told(() => rebuild(operation, [], `q=${sent}`).query);
      if (String(rebuilt).startsWith('VALIDATE_')) return;
      const passed = decodeURIComponent(String(rebuilt).slice(2));
      assert.deepEqual(JSON.parse(passed), JSON.parse(json));
      assert.match(passed, /^[\x20-\x7e]+$/);
      assert.deepEqual(rebuild(operation, [], '', { 'x-q': passed }).headers, [['x-q', passed]]);
    }),
    { numRuns: 500 },
  );
});
