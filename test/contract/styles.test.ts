import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadContract, type Operation } from '../../src/channels/api/contract/index.ts';
import { LoadError } from '../../src/core/errors/index.ts';
import { operationWith, rebuild, told } from './world.ts';

/** The shapes of the table: a string, an array, an object. */
const SCHEMAS = {
  string: '{ type: string }',
  array: '{ type: array, items: { type: string } }',
  object: '{ type: object, properties: { R: { type: integer }, G: { type: integer }, B: { type: integer } } }',
} as const;
type Shape = keyof typeof SCHEMAS;

interface Row {
  readonly place: 'path' | 'query' | 'header' | 'cookie';
  readonly style: string;
  readonly explode: boolean;
  /** As OpenAPI 3.1.1 "Style Examples" writes them; null where it says n/a. */
  readonly string: string | null;
  readonly array: string | null;
  readonly object: string | null;
}

// biome-ignore format: a table
const TABLE: readonly Row[] = [
  { place: 'path', style: 'matrix', explode: false, string: ';color=blue', array: ';color=blue,black,brown', object: ';color=R,100,G,200,B,150' },
  { place: 'path', style: 'matrix', explode: true, string: ';color=blue', array: ';color=blue;color=black;color=brown', object: ';R=100;G=200;B=150' },
  { place: 'path', style: 'label', explode: false, string: '.blue', array: '.blue,black,brown', object: '.R,100,G,200,B,150' },
  { place: 'path', style: 'label', explode: true, string: '.blue', array: '.blue.black.brown', object: '.R=100.G=200.B=150' },
  { place: 'path', style: 'simple', explode: false, string: 'blue', array: 'blue,black,brown', object: 'R,100,G,200,B,150' },
  { place: 'path', style: 'simple', explode: true, string: 'blue', array: 'blue,black,brown', object: 'R=100,G=200,B=150' },
  { place: 'header', style: 'simple', explode: false, string: 'blue', array: 'blue,black,brown', object: 'R,100,G,200,B,150' },
  { place: 'header', style: 'simple', explode: true, string: 'blue', array: 'blue,black,brown', object: 'R=100,G=200,B=150' },
  { place: 'query', style: 'form', explode: false, string: 'color=blue', array: 'color=blue,black,brown', object: 'color=R,100,G,200,B,150' },
  { place: 'query', style: 'form', explode: true, string: 'color=blue', array: 'color=blue&color=black&color=brown', object: 'R=100&G=200&B=150' },
  { place: 'query', style: 'spaceDelimited', explode: false, string: null, array: 'color=blue%20black%20brown', object: 'color=R%20100%20G%20200%20B%20150' },
  { place: 'query', style: 'spaceDelimited', explode: true, string: null, array: null, object: null },
  { place: 'query', style: 'pipeDelimited', explode: false, string: null, array: 'color=blue%7Cblack%7Cbrown', object: 'color=R%7C100%7CG%7C200%7CB%7C150' },
  { place: 'query', style: 'pipeDelimited', explode: true, string: null, array: null, object: null },
  { place: 'query', style: 'deepObject', explode: false, string: null, array: null, object: null },
  { place: 'query', style: 'deepObject', explode: true, string: null, array: 'color%5B%5D=blue&color%5B%5D=black', object: 'color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150' },
  { place: 'cookie', style: 'form', explode: false, string: 'color=blue', array: 'color=blue,black,brown', object: 'color=R,100,G,200,B,150' },
  { place: 'cookie', style: 'form', explode: true, string: 'color=blue', array: 'color=blue; color=black; color=brown', object: 'R=100; G=200; B=150' },
];

const declared = new Map<string, Operation>();

function declare(row: Row, shape: Shape): Operation {
  const key = `${row.place} ${row.style} ${row.explode} ${shape}`;
  const operation = declared.get(key) ?? load(row, shape);
  declared.set(key, operation);
  return operation;
}

function load({ place, style, explode }: Row, shape: Shape): Operation {
  const path = place === 'path' ? '/a/{color}' : '/a';
  const required = place === 'path';
  return operationWith(
    path,
    `{ name: color, in: ${place}, required: ${required}, style: ${style}, explode: ${explode}, schema: ${SCHEMAS[shape]} }`,
  );
}

/** The text where it travels, and what of it the upstream gets. */
function send(row: Row, shape: Shape, text: string): unknown {
  const operation = declare(row, shape);
  if (row.place === 'path') return told(() => rebuild(operation, [text]).path.slice('/a/'.length));
  if (row.place === 'query') return told(() => rebuild(operation, [], text).query);
  const name = row.place === 'cookie' ? 'cookie' : 'color';
  return told(() => rebuild(operation, [], '', { [name]: text }).headers[0]?.[1]);
}

const CELLS = TABLE.flatMap((row) => (['string', 'array', 'object'] as const).map((shape) => ({ row, shape })));

for (const { row, shape } of CELLS) {
  const text = row[shape];
  const what = `${row.place} ${row.style}${row.explode ? ' exploded' : ''}: ${shape}`;
  if (text === null) {
    test(`${what} has no form and stops the load`, () => {
      assert.throws(
        () => declare(row, shape),
        (error) => error instanceof LoadError && error.faults[0]?.code === 'CONTRACT_UNSUPPORTED',
      );
    });
  } else {
    test(`${what} travels as the specification writes it`, () => {
      assert.equal(send(row, shape, text), text);
    });
  }
}

test('an object is held to its schema in every style', () => {
  for (const { row } of CELLS.filter(({ row, shape }) => shape === 'object' && row.object !== null)) {
    const text = row.object as string;
    const what = `${row.place} ${row.style} ${row.explode}`;
    assert.match(String(send(row, 'object', text.replace('100', 'x'))), /^VALIDATE_PARAMETER .* type$/, what);
    const unknown = String(send(row, 'object', text.replace('G', 'X')));
    assert.match(unknown, /^VALIDATE_PARAMETER(?:_UNDECLARED)? .* undeclared$/, what);
    const twice = String(send(row, 'object', text.replace('G', 'R')));
    assert.match(twice, /^VALIDATE_PARAMETER(?:_REPEATED)? .* (?:type|repeated)$/, what);
  }
});

test('delimiters inside an item travel encoded, and split nothing', () => {
  const array = (style: string, explode: boolean) =>
    operationWith(
      '/a/{color}',
      `{ name: color, in: path, required: true, style: ${style}, explode: ${explode}, schema: ${SCHEMAS.array} }`,
    );
  assert.equal(rebuild(array('matrix', true), [';color=a%3Bb;color=c%2Cd']).path, '/a/;color=a%3Bb;color=c%2Cd');
  assert.equal(rebuild(array('label', false), ['.a%2Cb,c.d']).path, '/a/.a%2Cb,c.d');
  assert.equal(
    told(() => rebuild(array('label', true), ['.a%2Eb'])),
    'VALIDATE_PARAMETER path/color delimiter',
  );
});

test('a path value without the prefix or the name of its style is refused', () => {
  const cases: [style: string, explode: boolean, raw: string][] = [
    ['label', false, 'blue'],
    ['label', true, '..'],
    ['label', false, '.'],
    ['matrix', false, 'color=blue'],
    ['matrix', false, ';other=blue'],
    ['matrix', false, ';color'],
    ['matrix', false, ';color=a;color=b'],
    ['matrix', true, ';color=a;other=b'],
    ['matrix', true, ';'],
    ['matrix', true, ';=a'],
  ];
  for (const [style, explode, raw] of cases) {
    const operation = operationWith(
      '/a/{color}',
      `{ name: color, in: path, required: true, style: ${style}, explode: ${explode}, schema: { type: string } }`,
    );
    assert.match(
      String(told(() => rebuild(operation, [raw]))),
      /^VALIDATE_PARAMETER path\/color (?:form|segment)$/,
      `${style} ${raw}`,
    );
  }
});

test('brackets nest one level after the other, and one array has one form', () => {
  const operation = operationWith(
    '/a',
    `{ name: f, in: query, style: deepObject, schema: { type: object, properties: {
        a: { type: integer }, t: { type: array, maxItems: 3, items: { type: string } },
        n: { type: object, properties: { x: { type: boolean } } },
        l: { type: array, items: { type: object, properties: { y: { type: integer } } } } } } }`.replaceAll('\n', ' '),
  );
  const passed = [
    'f[a]=1',
    'f[t][]=p&f[t][]=q',
    'f[t][0]=p&f[t][1]=q',
    'f[t]=p&f[t]=q',
    'f[t]=p',
    'f[n][x]=true&f[a]=-2',
    'f[l][0][y]=1&f[l][1][y]=2',
  ];
  for (const query of passed) {
    const canonical = query.replaceAll('[', '%5B').replaceAll(']', '%5D');
    assert.equal(rebuild(operation, [], query).query, canonical, query);
    assert.equal(rebuild(operation, [], canonical).query, canonical, query);
  }
  const refused: Record<string, string> = {
    'f[a]=x': 'VALIDATE_PARAMETER query/f type',
    'f[a]=1&f[a]=2': 'VALIDATE_PARAMETER query/f type',
    'f[z]=1': 'VALIDATE_PARAMETER query/f undeclared',
    'f[n][z]=1': 'VALIDATE_PARAMETER query/f undeclared',
    'f[t][]=p&f[t][1]=q': 'VALIDATE_PARAMETER query/f form',
    'f[t][1]=p&f[t][0]=q': 'VALIDATE_PARAMETER query/f type',
    'f[t][]=p&f[t]=q': 'VALIDATE_PARAMETER query/f form',
    'f[t][]=1&f[t][]=2&f[t][]=3&f[t][]=4': 'VALIDATE_PARAMETER query/f maxItems',
    'f[a][b]=1': 'VALIDATE_PARAMETER query/f type',
    'f=1': 'VALIDATE_PARAMETER_UNDECLARED query undeclared',
    'f[a=1': 'VALIDATE_PARAMETER_UNDECLARED query undeclared',
    'f[a]]=1': 'VALIDATE_PARAMETER_UNDECLARED query undeclared',
    'f[[a]]=1': 'VALIDATE_PARAMETER_UNDECLARED query undeclared',
    'f[a]b=1': 'VALIDATE_PARAMETER_UNDECLARED query undeclared',
    'f[__proto__]=1': 'VALIDATE_PARAMETER query/f type',
    [`f${'[a]'.repeat(9)}=1`]: 'VALIDATE_PARAMETER query/f depth',
  };
  for (const [query, expected] of Object.entries(refused)) {
    assert.equal(
      told(() => rebuild(operation, [], query)),
      expected,
      query,
    );
  }
});

test('an exploded object with open names takes what no other parameter claims', () => {
  const operation = operationWith(
    '/a',
    '{ name: limit, in: query, schema: { type: integer } }',
    '{ name: filters, in: query, schema: { type: object, maxProperties: 2, additionalProperties: { type: [integer, boolean] } } }',
  );
  assert.equal(rebuild(operation, [], 'b=1&limit=5&a=true').query, 'limit=5&b=1&a=true');
  assert.equal(
    told(() => rebuild(operation, [], 'a=1&b=2&c=3')),
    'VALIDATE_PARAMETER query/filters maxProperties',
  );
  assert.equal(
    told(() => rebuild(operation, [], 'a=x')),
    'VALIDATE_PARAMETER query/filters type',
  );
  assert.equal(
    told(() => rebuild(operation, [], 'a=1&a=2')),
    'VALIDATE_PARAMETER_REPEATED query/filters repeated',
  );
});

test('an open object takes no name that some server reads as that of another parameter', () => {
  const operation = operationWith(
    '/a',
    '{ name: page.limit, in: query, schema: { type: integer, maximum: 10 } }',
    '{ name: deep, in: query, style: deepObject, schema: { type: object, properties: { a: { type: integer } } } }',
    '{ name: rest, in: query, schema: { type: object, additionalProperties: { type: string } } }',
  );
  assert.equal(rebuild(operation, [], 'rest=1&other=2').query, 'rest=1&other=2');
  for (const name of [
    'PAGE.LIMIT',
    'page_limit',
    'page%20limit',
    '%20x',
    'x%20',
    'page.limit[]',
    'x[]',
    'x[y]',
    'Deep',
    'deep',
    'Deep[a]',
  ]) {
    assert.equal(
      told(() => rebuild(operation, [], `${name}=99`)),
      'VALIDATE_PARAMETER_UNDECLARED query undeclared',
      name,
    );
  }
});

test('a recursive schema loads, and values as deep as its style carries are read', () => {
  const [operation] = loadContract({
    api: 'world',
    path: 'world.yaml',
    text: `openapi: 3.1.0
info: { title: World, version: '1' }
paths:
  /a:
    get:
      responses: { '204': { description: done } }
      parameters: [{ name: t, in: query, style: deepObject, schema: { $ref: '#/components/schemas/Tree' } }]
components:
  schemas:
    Tree: { type: object, properties: { v: { type: integer }, t: { $ref: '#/components/schemas/Tree' } } }
`,
  }).operations;
  const read = (query: string) =>
    told(() => rebuild(operation!, [], query).query.replace(/%5B/g, '[').replace(/%5D/g, ']'));
  assert.equal(read('t[v]=1&t[t][v]=2&t[t][t][t][v]=3'), 't[v]=1&t[t][v]=2&t[t][t][t][v]=3');
  assert.equal(read('t[t][t][t][v]=x'), 'VALIDATE_PARAMETER query/t type');
  assert.equal(read('t[t][t][t][t][v]=1'), 'VALIDATE_PARAMETER query/t type');
});

test('a schema that refers to itself in every branch is a fault and takes no time', () => {
  const branches = Array.from({ length: 40 }, () => "{ $ref: '#/paths/~1a/get/parameters/0/schema' }").join(', ');
  assert.throws(() => operationWith('/a', `{ name: q, in: query, schema: { anyOf: [${branches}] } }`), LoadError);
});

test('header lists and objects of several lines are one value, and hold no quotes', () => {
  const operation = operationWith(
    '/a',
    '{ name: X-O, in: header, explode: true, schema: { type: object, properties: { a: { type: integer }, b: { type: string } } } }',
  );
  assert.deepEqual(rebuild(operation, [], '', { 'x-o': ['a=1', ' b=x=y '] }).headers, [['x-o', 'a=1,b=x=y']]);
  for (const value of ['a', 'a=1,a=2', 'c=1', 'b="x"', 'a=1,,b=x']) {
    assert.match(
      String(told(() => rebuild(operation, [], '', { 'x-o': value }))),
      /^VALIDATE_PARAMETER header\/X-O/,
      value,
    );
  }
});

/** What a client writes: every style of the table by RFC 6570, all but unreserved characters encoded. */
function encodeText(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function write({ place, style, explode }: Row, value: Value): string {
  const flat =
    typeof value === 'string' ? [value] : Array.isArray(value) ? value : Object.entries(value).flat().map(String);
  const texts = flat.map(encodeText);
  const structured = !Array.isArray(value) && typeof value !== 'string';
  const pairs = structured ? Object.entries(value).map(([name, member]) => `${name}=${member}`) : [];
  if (style === 'deepObject') {
    return structured
      ? pairs.map((pair) => pair.replace(/^[^=]+/, 'color%5B$&%5D')).join('&')
      : named(texts, '&', 'color%5B%5D');
  }
  if (style === 'form' && explode) return structured ? pairs.join('&') : named(texts, '&');
  if (style === 'matrix' && explode) return `;${structured ? pairs.join(';') : named(texts, ';')}`;
  const between = { spaceDelimited: '%20', pipeDelimited: '%7C', label: explode ? '.' : ',' }[style] ?? ',';
  const text = (structured && explode ? pairs : texts).join(between);
  if (style === 'label') return `.${text}`;
  if (style === 'matrix') return `;color=${text}`;
  return place === 'query' ? `color=${text}` : text;
}

function named(texts: readonly string[], between: string, name = 'color'): string {
  return texts.map((text) => `${name}=${text}`).join(between);
}

type Value = string | string[] | Record<string, number>;

test('any value in any style of a path or query comes out as a client writes it, once and again', () => {
  const readable = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are refused everywhere
    .filter((text) => !/[\u0000-\u001f\u007f-\u009f/\\.%]/.test(text) && text.isWellFormed());
  const values: Record<Shape, fc.Arbitrary<Value>> = {
    string: readable,
    array: fc.array(readable, { minLength: 1, maxLength: 5 }),
    object: fc.dictionary(fc.constantFrom('R', 'G', 'B'), fc.integer(), { minKeys: 1, noNullPrototype: true }),
  };
  const cells = CELLS.filter(({ row, shape }) => row[shape] !== null && ['path', 'query'].includes(row.place));
  const sent = fc
    .constantFrom(...cells)
    .chain(({ row, shape }) => fc.record({ row: fc.constant(row), shape: fc.constant(shape), value: values[shape] }));
  fc.assert(
    fc.property(sent, ({ row, shape, value }) => {
      const delimited = { spaceDelimited: ' ', pipeDelimited: '|' }[row.style];
      if (delimited && shape === 'array' && (value as string[]).some((item) => item.includes(delimited))) return;
      const text = write(row, value);
      // A label that begins so is a dot segment to servers that cut a segment at `;`, `?` or `#` once it is decoded.
      const cut = row.style === 'label' && /^\.%(?:3B|3F|23)/.test(text);
      const expected = cut ? 'VALIDATE_PARAMETER path/color segment' : text;
      assert.equal(send(row, shape, text), expected, `${row.style} ${row.explode} ${shape}`);
    }),
    { numRuns: 400 },
  );
});

test('for any text in any style only a refusal escapes, and what passes is read the same again', () => {
  const piece = fc.constantFrom(
    'color',
    'R',
    '=',
    '&',
    ';',
    '.',
    ',',
    '%2C',
    '%20',
    '%7C',
    '[',
    ']',
    '1',
    'a',
    '%',
    '..',
    '%2F',
    '+',
    ' ',
  );
  const text = fc.array(piece, { maxLength: 10 }).map((list) => list.join(''));
  const operations = CELLS.filter(({ row, shape }) => row[shape] !== null && row.place !== 'header');
  fc.assert(
    fc.property(fc.constantFrom(...operations), text, ({ row, shape }, raw) => {
      const rebuilt = send(row, shape, raw);
      if (rebuilt === undefined || rebuilt === '' || String(rebuilt).startsWith('VALIDATE_')) return;
      assert.equal(send(row, shape, String(rebuilt)), rebuilt, `${row.style} ${row.explode} ${shape}`);
    }),
    { numRuns: 1500 },
  );
});
