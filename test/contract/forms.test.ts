import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadContract } from '../../src/channels/api/contract/index.ts';
import { readForm } from '../../src/channels/api/contract/text/form.ts';
import { LoadError } from '../../src/core/errors/index.ts';
import { DEFAULT_JSON_LIMITS, JsonParser } from '../../src/protocol/json/index.ts';
import { JUDGING, told } from './world.ts';

const TYPE = 'application/x-www-form-urlencoded';

function formPlan(schema: unknown, encoding?: unknown) {
  const text = JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Forms', version: '1' },
    paths: {
      '/a': {
        post: {
          requestBody: { content: { [TYPE]: { schema, ...(encoding ? { encoding } : {}) } } },
          responses: { '204': { description: 'done' } },
        },
      },
    },
  });
  const content = loadContract({ api: 'forms', path: 'forms.json', text }).operations[0]?.body?.content[0];
  assert.ok(content?.format === 'form');
  return content.form;
}

/** What the upstream gets of a form, or the refusal. */
function form(schema: unknown, encoding?: unknown) {
  const plan = formPlan(schema, encoding);
  return (body: string) => told(() => readForm(plan, Buffer.from(body), JUDGING).toString('latin1'));
}

const object = (properties: Record<string, unknown>, rest = {}) => ({ type: 'object', properties, ...rest });

const PERSON = object(
  {
    name: { type: 'string', minLength: 1, maxLength: 20 },
    age: { type: 'integer', minimum: 0 },
    tags: { type: 'array', maxItems: 3, items: { type: 'string' } },
    by: { type: 'string', 'x-bind': 'principal.party' },
  },
  { required: ['name'] },
);

test('a form is rebuilt in one canonical form, in the order of the contract, the caller filled in', () => {
  const person = form(PERSON);
  const rebuilt: Record<string, string> = {
    'name=a': 'name=a&by=acme',
    'age=5&name=J%C3%BCrgen+M&tags=a&tags=b%20c': 'name=J%C3%BCrgen+M&age=5&tags=a&tags=b+c&by=acme',
    'name=%2B%26%3D~*': 'name=%2B%26%3D~%2A&by=acme',
    'n%61me=a%0D%0Ab%09c&by=acme': 'name=a%0D%0Ab%09c&by=acme',
    'name=a=b/c?d': 'name=a%3Db%2Fc%3Fd&by=acme',
  };
  for (const [body, expected] of Object.entries(rebuilt)) {
    assert.equal(person(body), expected, body);
    assert.equal(person(expected), expected);
  }
});

test('a form that breaks its schema is refused with the place', () => {
  const person = form(PERSON);
  const refused: Record<string, string> = {
    'age=5': 'VALIDATE_SCHEMA /name required',
    'name=': 'VALIDATE_SCHEMA /name minLength',
    'name=a&age=-1': 'VALIDATE_SCHEMA /age minimum',
    'name=a&age=x': 'VALIDATE_SCHEMA /age type',
    'name=a&age=1.0': 'VALIDATE_SCHEMA /age type',
    'name=a&tags=1&tags=2&tags=3&tags=4': 'VALIDATE_SCHEMA /tags maxItems',
    'name=a&by=globex': 'VALIDATE_BINDING /by x-bind',
    'name=a&admin=1': 'VALIDATE_FIELD_UNDECLARED /admin undeclared',
    'name=a&x%2Fy~=1': 'VALIDATE_FIELD_UNDECLARED /x~1y~0 undeclared',
    'name=a&tags[]=1': 'VALIDATE_FIELD_UNDECLARED /tags[] undeclared',
    'name=a&__proto__=1': 'VALIDATE_FIELD_UNDECLARED /__proto__ undeclared',
  };
  for (const [body, expected] of Object.entries(refused)) assert.equal(person(body), expected, body);
});

test('bytes that are no strict form are refused', () => {
  const person = form(PERSON);
  const refused: Record<string, string> = {
    name: 'VALIDATE_FORM  form',
    '=a': 'VALIDATE_FORM  form',
    '&name=a': 'VALIDATE_FORM  form',
    'name=a&': 'VALIDATE_FORM  form',
    'name=a&name=a': 'VALIDATE_FORM /name repeated',
    'name=a&n%61me=b': 'VALIDATE_FORM /name repeated',
    'name=%': 'VALIDATE_FORM /name encoding',
    'name=%zz': 'VALIDATE_FORM /name encoding',
    'name=%FF': 'VALIDATE_FORM /name encoding',
    'name=%C0%AF': 'VALIDATE_FORM /name encoding',
    'name=%00': 'VALIDATE_FORM /name encoding',
    'name=%1B': 'VALIDATE_FORM /name encoding',
    'name=a b': 'VALIDATE_FORM /name encoding',
    'name=a\r\n': 'VALIDATE_FORM /name encoding',
    'name=\u00e9': 'VALIDATE_FORM /name encoding',
    '%=a': 'VALIDATE_FORM  encoding',
    '{"name":"a"}': 'VALIDATE_FORM  form',
    [`name=a&${'tags=a&'.repeat(5000)}`]: 'VALIDATE_FORM  parts',
  };
  for (const [body, expected] of Object.entries(refused)) assert.equal(person(body), expected, body.slice(0, 30));
});

test('encoding says how a property is written', () => {
  const list = { type: 'array', items: { type: 'integer' } };
  const point = object({ x: { type: 'integer' }, y: { type: 'integer' } });
  const cases: [schema: unknown, encoding: unknown, body: string, expected?: string][] = [
    [list, undefined, 'p=1&p=2'],
    [list, { explode: false }, 'p=1,2'],
    [list, { style: 'spaceDelimited' }, 'p=1+2'],
    [list, { style: 'spaceDelimited' }, 'p=1%202', 'p=1+2'],
    [list, { style: 'pipeDelimited' }, 'p=1%7C2'],
    [list, { style: 'deepObject' }, 'p%5B%5D=1&p%5B%5D=2'],
    [list, { style: 'deepObject' }, 'p[0]=1&p[1]=2', 'p%5B0%5D=1&p%5B1%5D=2'],
    [point, { style: 'form' }, 'x=1&y=2'],
    [point, { style: 'form', explode: false }, 'p=x,1,y,2'],
    [point, { style: 'deepObject' }, 'p%5Bx%5D=1&p%5By%5D=2'],
    [point, undefined, 'p=%7B%22x%22%3A+1%7D', 'p=%7B%22x%22%3A1%7D'],
    [point, { contentType: 'application/json' }, 'p=%7B%22x%22%3A1%7D'],
    [{ type: 'array', items: point }, undefined, 'p=%5B%7B%22x%22%3A1%7D%5D'],
    [
      { type: 'array', items: point },
      { style: 'deepObject' },
      'p[0][x]=1&p[1][y]=2',
      'p%5B0%5D%5Bx%5D=1&p%5B1%5D%5By%5D=2',
    ],
    [{ anyOf: [point, { type: 'integer' }] }, { style: 'deepObject' }, 'p=5'],
    [{ anyOf: [point, { enum: [''] }] }, { style: 'deepObject' }, 'p='],
    [{ type: 'string' }, { allowReserved: true }, 'p=a%2Fb'],
    [{ type: 'string' }, { contentType: 'text/plain' }, 'p=a'],
  ];
  for (const [schema, encoding, body, expected = body] of cases) {
    const read = form(object({ p: schema }), encoding ? { p: encoding } : undefined);
    assert.equal(read(body), expected, `${JSON.stringify(encoding)} ${body}`);
  }
});

test('structures inside a form are held to their schemas', () => {
  const point = object(
    { x: { type: 'integer' }, n: { type: 'string', 'x-bind': 'principal.party' } },
    { required: ['n'] },
  );
  const deep = form(object({ p: point, q: { type: 'string' } }), { p: { style: 'deepObject' } });
  const refused: Record<string, string> = {
    'p[x]=a&p[n]=acme': 'VALIDATE_SCHEMA /p type',
    'p[x]=1': 'VALIDATE_SCHEMA /p/n required',
    'p[n]=globex': 'VALIDATE_BINDING /p/n x-bind',
    'p[n]=acme&p[z]=1': 'VALIDATE_FIELD_UNDECLARED /p/z undeclared',
    'p[n]=acme&q[z]=1': 'VALIDATE_FIELD_UNDECLARED /q[z] undeclared',
  };
  for (const [body, expected] of Object.entries(refused)) assert.equal(deep(body), expected, body);
  const json = form(object({ p: point }));
  assert.equal(json('p=%7B%22n%22%3A%22acme%22%2C%22z%22%3A1%7D'), 'VALIDATE_FIELD_UNDECLARED /p/z undeclared');
  assert.equal(json('p=%7B%22n%22%3A1%2C%22n%22%3A1%7D'), 'VALIDATE_FORM /p json');
  assert.equal(json('p=x'), 'VALIDATE_FORM /p json');
});

test('a bound member that is left out inside a field is refused, for there is no place to fill it in', () => {
  const point = object({ x: { type: 'integer' }, n: { type: 'string', 'x-bind': 'principal.party' } });
  const deep = form(object({ p: point }), { p: { style: 'deepObject' } });
  assert.equal(deep('p[x]=1'), 'VALIDATE_BINDING /p x-bind');
});

test('names that no property declares pass where the schema takes them, typed', () => {
  const open = form(object({ a: { type: 'string' } }, { additionalProperties: { type: 'integer' } }));
  assert.equal(open('z=1&a=x&y=2'), 'a=x&z=1&y=2');
  assert.equal(open('z=x'), 'VALIDATE_SCHEMA  type');
  assert.equal(open('__proto__=1'), 'VALIDATE_FORM  forbidden-key');
  const free = form({ type: 'object', additionalProperties: true });
  assert.equal(free('z=1&y=%20'), 'z=1&y=+');
  assert.equal(free('z=1&z=2'), 'VALIDATE_FORM  repeated');
});

test('the limits of the operation hold for forms too', () => {
  const plan = formPlan(object({ t: { type: 'array', items: { type: 'string' } } }));
  const parser = new JsonParser({ ...DEFAULT_JSON_LIMITS, max_items: 3 });
  const read = (body: string) => told(() => readForm(plan, Buffer.from(body), JUDGING, parser).toString());
  assert.equal(read('t=1&t=2&t=3'), 't=1&t=2&t=3');
  assert.equal(read('t=1&t=2&t=3&t=4'), 'VALIDATE_JSON_LIMIT  items');
});

test('a form which cannot be read in one way stops the load', () => {
  const codes = (schema: unknown, encoding?: unknown) => {
    try {
      formPlan(schema, encoding);
      return [];
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      return error.faults.map(({ code }) => code);
    }
  };
  const inner = object({ x: { type: 'integer' } });
  assert.deepEqual(codes({ type: 'string' }), ['CONTRACT_UNSUPPORTED']);
  assert.deepEqual(codes(object({ p: inner, x: {} }), { p: { style: 'form' } }), ['CONTRACT_AMBIGUOUS']);
  assert.deepEqual(codes(object({ p: inner }), { p: { style: 'pipeDelimited', explode: true } }), [
    'CONTRACT_UNSUPPORTED',
  ]);
  assert.deepEqual(codes(object({ p: inner }), { p: { style: 'simple' } }), ['CONTRACT_UNSUPPORTED']);
  assert.deepEqual(codes(object({ p: inner }), { p: { contentType: 'application/xml' } }), ['CONTRACT_UNSUPPORTED']);
  assert.deepEqual(codes(object({ p: object({ x: inner }) }), { p: { style: 'form' } }), ['CONTRACT_UNSUPPORTED']);
});

test('for any bytes only a declared refusal escapes, and what passes reads as URLSearchParams reads it', () => {
  const plan = formPlan(
    object({
      a: { type: 'array', items: { type: 'string' } },
      b: { type: ['integer', 'boolean', 'string'] },
      o: object({ x: { type: 'string' } }),
    }),
    { o: { style: 'deepObject' } },
  );
  const piece = fc.constantFrom(
    'a',
    'b',
    'o[x]',
    '=',
    '&',
    '+',
    '%20',
    '%',
    '%C3%A9',
    '%FF',
    '%0A',
    ',',
    '1',
    'true',
    '[',
    ']',
    '\u00e9',
  );
  const bytes = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((list) => Buffer.from(list.join(''))),
    fc.uint8Array({ maxLength: 20 }).map((list) => Buffer.from(list)),
  );
  fc.assert(
    fc.property(bytes, (body) => {
      const rebuilt = told(() => readForm(plan, body, JUDGING).toString('latin1'));
      if (String(rebuilt).startsWith('VALIDATE_')) return;
      const [given, passed] = [new URLSearchParams(body.toString()), new URLSearchParams(String(rebuilt))];
      for (const name of ['a', 'b', 'o[x]']) assert.deepEqual(passed.getAll(name), given.getAll(name));
      assert.equal(passed.size, given.size);
      assert.equal(
        told(() => readForm(plan, Buffer.from(String(rebuilt)), JUDGING).toString('latin1')),
        rebuilt,
      );
    }),
    { numRuns: 3000 },
  );
});
