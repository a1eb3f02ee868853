import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadContract } from '../../src/channels/api/contract/index.ts';
import { type MultipartPlan, readMultipart } from '../../src/channels/api/contract/multipart/index.ts';
import { LoadError } from '../../src/core/errors/faults.ts';
import { Refusal } from '../../src/core/errors/index.ts';
import { DEFAULT_JSON_LIMITS, JsonParser } from '../../src/protocol/json/index.ts';
import { DEFAULT_MULTIPART_LIMITS, parseMultipart } from '../../src/protocol/multipart/index.ts';
import { BINDINGS } from './world.ts';

const json = new JsonParser(DEFAULT_JSON_LIMITS);

/** The plan of a form with this schema, as JSON, and its encoding. */
function planOf(schema: object, encoding?: object, openapi = '3.1.0'): MultipartPlan {
  const post = {
    requestBody: { content: { 'multipart/form-data': { schema, ...(encoding ? { encoding } : {}) } } },
    responses: { 204: { description: 'done' } },
  };
  const text = JSON.stringify({
    openapi,
    info: { title: 'Forms', version: '1' },
    paths: { '/': { post } },
    components: { schemas: { Shared: { type: 'object', properties: { size: { type: 'integer' } } } } },
  });
  const content = loadContract({ api: 'forms', path: 'forms.json', text }).operations[0]?.body?.content[0];
  assert.ok(content?.format === 'multipart');
  return content.multipart;
}

interface Sent {
  readonly name: string;
  readonly body: string | Buffer;
  readonly filename?: string;
  readonly type?: string;
}

/** As a client would write it, whatever the names hold. */
function form(parts: readonly Sent[]): Buffer {
  const pieces = parts.flatMap(({ name, body, filename, type }) => {
    const file = filename === undefined ? '' : `; filename="${filename}"`;
    const stated = type === undefined ? '' : `\r\nContent-Type: ${type}`;
    return [`--b0\r\nContent-Disposition: form-data; name="${name}"${file}${stated}\r\n\r\n`, body, '\r\n'];
  });
  return Buffer.concat([...pieces, '--b0--\r\n'].map((piece) => Buffer.from(piece)));
}

let drawn = 0;
const boundary = () => `n${drawn++}`;

function read(plan: MultipartPlan, parts: readonly Sent[] | Buffer) {
  const bytes = Buffer.isBuffer(parts) ? parts : form(parts);
  return readMultipart(plan, bytes, 'multipart/form-data; boundary=b0', {
    bindings: BINDINGS,
    json,
    max_steps: 100_000,
    boundary,
  });
}

/** What the upstream reads. */
function forwarded(plan: MultipartPlan, parts: readonly Sent[]) {
  const { bytes, content_type } = read(plan, parts);
  return parseMultipart(bytes, content_type, DEFAULT_MULTIPART_LIMITS).map(({ name, filename, content_type, body }) => [
    name,
    filename,
    content_type,
    body.toString('latin1'),
  ]);
}

function refused(plan: MultipartPlan, parts: readonly Sent[] | Buffer): string {
  try {
    read(plan, parts);
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return [error.code, error.detail.pointer, error.detail.rule].join(' ');
  }
  return 'accepted';
}

const UPLOAD = planOf({
  type: 'object',
  required: ['file'],
  properties: {
    file: { type: 'string', format: 'binary', minLength: 1, maxLength: 8 },
    title: { type: 'string', maxLength: 5 },
    count: { type: 'integer', minimum: 1 },
    meta: { type: 'object', required: ['a'], properties: { a: { type: 'number' } } },
    tags: { type: 'array', items: { type: 'string' }, maxItems: 2 },
    owner: { type: 'string', 'x-bind': 'principal.party' },
  },
});

test('each property is a part, rebuilt under a boundary of the gate', () => {
  const parts = [
    { name: 'title', body: 'héé' },
    {
      name: 'file',
      body: Buffer.from([0, 255, 13, 10]),
      filename: 'a "b".png'.replaceAll('"', '%22'),
      type: 'image/png',
    },
    { name: 'tags', body: 'x' },
    { name: 'meta', body: '{ "a": 1.50 }', type: 'application/json; charset=utf-8', filename: 'meta.json' },
    { name: 'tags', body: '' },
    { name: 'count', body: '7', type: 'text/plain; charset=UTF-8' },
    { name: 'owner', body: 'acme' },
  ];
  assert.deepEqual(forwarded(UPLOAD, parts), [
    ['title', null, null, Buffer.from('héé').toString('latin1')],
    ['file', 'a "b".png', 'application/octet-stream', '\x00\xff\r\n'],
    ['tags', null, null, 'x'],
    ['tags', null, null, ''],
    ['meta', null, 'application/json', '{ "a": 1.50 }'],
    ['count', null, null, '7'],
    ['owner', null, null, 'acme'],
  ]);
  const { bytes, content_type } = read(UPLOAD, [{ name: 'file', body: 'x' }]);
  assert.match(content_type, /^multipart\/form-data; boundary=sallyport-n[0-9]+$/);
  assert.ok(!bytes.includes('b0'));
});

test('an absent part that is bound is filled in with the caller', () => {
  assert.deepEqual(forwarded(UPLOAD, [{ name: 'file', body: 'x' }]), [
    ['file', null, 'application/octet-stream', 'x'],
    ['owner', null, null, 'acme'],
  ]);
});

const FILE: Sent = { name: 'file', body: 'x' };
const REFUSED: [what: string, parts: Sent[], expected: string][] = [
  ['a part nothing declares', [FILE, { name: 'extra', body: '' }], 'VALIDATE_FIELD_UNDECLARED /extra undeclared'],
  [
    'a name of every object',
    [FILE, { name: '__proto__', body: '{}' }],
    'VALIDATE_FIELD_UNDECLARED /__proto__ undeclared',
  ],
  ['a name with a slash', [FILE, { name: 'a/b', body: '' }], 'VALIDATE_FIELD_UNDECLARED /a~1b undeclared'],
  ['a required part that is missing', [{ name: 'title', body: 'a' }], 'VALIDATE_SCHEMA /file required'],
  ['a part that stands twice', [FILE, FILE], 'VALIDATE_MULTIPART /file repeated'],
  [
    'more items than allowed',
    [FILE, ...['1', '2', '3'].map((body) => ({ name: 'tags', body }))],
    'VALIDATE_SCHEMA /tags maxItems',
  ],
  ['bytes that are too many', [{ name: 'file', body: '123456789' }], 'VALIDATE_SCHEMA /file maxLength'],
  ['bytes that are too few', [{ name: 'file', body: '' }], 'VALIDATE_SCHEMA /file minLength'],
  ['text that is too long', [FILE, { name: 'title', body: 'äöüßé1' }], 'VALIDATE_SCHEMA /title maxLength'],
  ['text that is no integer', [FILE, { name: 'count', body: '1.0' }], 'VALIDATE_SCHEMA /count type'],
  ['an integer out of bounds', [FILE, { name: 'count', body: '0' }], 'VALIDATE_SCHEMA /count minimum'],
  [
    'text that is not UTF-8',
    [FILE, { name: 'title', body: Buffer.from([0xc0, 0xaf]) }],
    'VALIDATE_MULTIPART /title text',
  ],
  ['text with a control character', [FILE, { name: 'title', body: 'a\0' }], 'VALIDATE_MULTIPART /title text'],
  [
    'text that is said to be something else',
    [FILE, { name: 'title', body: 'a', type: 'text/html' }],
    'VALIDATE_MEDIA_TYPE /title content-type',
  ],
  [
    'text in another charset',
    [FILE, { name: 'title', body: 'a', type: 'text/plain; charset=utf-16' }],
    'VALIDATE_MEDIA_TYPE /title content-type',
  ],
  [
    'a type with an unknown parameter',
    [FILE, { name: 'title', body: 'a', type: 'text/plain; format=flowed' }],
    'VALIDATE_MEDIA_TYPE /title content-type',
  ],
  ['a type that is none', [{ ...FILE, type: 'image' }], 'VALIDATE_MEDIA_TYPE /file content-type'],
  [
    'a multipart in a part',
    [{ ...FILE, type: 'multipart/mixed; boundary=c' }],
    'VALIDATE_MEDIA_TYPE /file content-type',
  ],
  [
    'JSON that is said to be text',
    [FILE, { name: 'meta', body: '{"a":1}', type: 'text/plain' }],
    'VALIDATE_MEDIA_TYPE /meta content-type',
  ],
  ['JSON that is not strict', [FILE, { name: 'meta', body: '{"a":1,"a":2}' }], 'VALIDATE_JSON /meta/a duplicate-key'],
  [
    'JSON that goes on behind its value',
    [FILE, { name: 'meta', body: '{"a":1},"count":0' }],
    'VALIDATE_JSON /meta trailing',
  ],
  ['JSON without any value', [FILE, { name: 'meta', body: '' }], 'VALIDATE_JSON /meta syntax'],
  ['JSON that breaks its schema', [FILE, { name: 'meta', body: '{"a":"1"}' }], 'VALIDATE_SCHEMA /meta/a type'],
  [
    'JSON with an undeclared member',
    [FILE, { name: 'meta', body: '{"a":1,"b":2}' }],
    'VALIDATE_FIELD_UNDECLARED /meta/b undeclared',
  ],
  ['somebody else in a bound part', [FILE, { name: 'owner', body: 'globex' }], 'VALIDATE_BINDING /owner x-bind'],
];

for (const [what, parts, expected] of REFUSED) {
  test(`${what} is refused`, () => assert.equal(refused(UPLOAD, parts), expected));
}

test('bytes that are no form are refused with the rule they break', () => {
  assert.equal(refused(UPLOAD, Buffer.from('file=x')), 'VALIDATE_MULTIPART  delimiter');
  assert.equal(refused(UPLOAD, Buffer.from('--b0--')), 'VALIDATE_MULTIPART  parts');
});

test('a file name is the name of a file and nothing else', () => {
  for (const filename of ['a.txt', 'é b (1).tar.gz', '.hidden', '...', '100%.csv', '2024-01-01T10:00.csv']) {
    assert.equal(forwarded(UPLOAD, [{ ...FILE, filename }])[0]?.[1], filename, filename);
  }
  for (const filename of [
    '../a',
    '/etc/passwd',
    'a/b',
    '.',
    '..',
    ' a',
    'a ',
    '..%2Fa',
    '..%5ca',
    '..%252fa',
    'a%00.png',
    'a\u202etxt.exe',
  ]) {
    assert.equal(refused(UPLOAD, [{ ...FILE, filename }]), 'VALIDATE_MULTIPART /file filename', filename);
  }
  assert.equal(refused(UPLOAD, [{ ...FILE, filename: 'C:\\a' }]), 'VALIDATE_MULTIPART  disposition');
});

test('media types of parts are those the encoding states, ranges included', () => {
  const binary = { type: 'string', format: 'binary' };
  const plan = planOf(
    {
      type: 'object',
      properties: {
        image: binary,
        page: binary,
        table: { type: 'string' },
        anything: binary,
        note: { type: 'object', properties: {} },
      },
    },
    {
      image: { contentType: 'image/png, image/jpeg' },
      page: { contentType: 'image/*' },
      table: { contentType: 'text/csv' },
      anything: { contentType: '*/*' },
      note: { contentType: 'application/vnd.note+json' },
    },
  );
  const type = (name: string, stated?: string, body = '{}') =>
    forwarded(plan, [stated === undefined ? { name, body } : { name, body, type: stated }])[0]?.[2];
  assert.equal(type('image', 'image/PNG'), 'image/png');
  assert.equal(type('page', 'image/webp; x=y'), 'image/webp');
  assert.equal(type('table', 'text/csv; charset=utf-8'), 'text/csv');
  assert.equal(type('anything', 'video/mp4; codecs="a.b"'), 'video/mp4');
  assert.equal(type('anything'), 'text/plain');
  assert.equal(type('note', 'application/vnd.note+json'), 'application/vnd.note+json');
  assert.equal(type('note'), 'application/vnd.note+json');
  for (const [name, stated] of [
    ['image', 'image/gif'],
    ['image', 'image/*'],
    ['image', undefined],
    ['page', 'text/html'],
    ['page', 'imagex/png'],
    ['table', 'text/plain'],
    ['table', undefined],
    ['anything', 'text/plain; charset=latin1'],
    ['note', 'application/json'],
  ] as const) {
    const part = stated === undefined ? { name, body: '{}' } : { name, body: '{}', type: stated };
    assert.equal(refused(plan, [part]), `VALIDATE_MEDIA_TYPE /${name} content-type`, `${name} ${stated}`);
  }
});

test('what a part is follows from its schema, through references and compositions', () => {
  const plan = planOf({
    allOf: [
      { $ref: '#/components/schemas/Shared' },
      {
        type: 'object',
        properties: { raw: {}, described: { description: 'bytes' }, png: { contentMediaType: 'image/png' } },
      },
      { oneOf: [{ required: ['raw'] }, { required: ['link'], properties: { link: { type: 'string' } } }] },
    ],
    properties: {
      files: { type: 'array', items: { type: 'string', format: 'binary' } },
      shared: { $ref: '#/components/schemas/Shared' },
      list: { type: 'array', items: { $ref: '#/components/schemas/Shared' } },
      maybe: { type: ['boolean', 'null'] },
      either: { oneOf: [{ type: 'integer' }, { type: 'string', pattern: '^[a-z]+$' }] },
      encoded: { type: 'string', contentMediaType: 'image/png', contentEncoding: 'base64' },
    },
  });
  const formats = Object.fromEntries(
    [...plan.parts].map(([name, part]) => [name, `${part.format}${part.array ? '[]' : ''}`]),
  );
  assert.deepEqual(formats, {
    size: 'text',
    raw: 'binary',
    described: 'binary',
    png: 'binary',
    link: 'text',
    files: 'binary[]',
    shared: 'json',
    list: 'json[]',
    maybe: 'text',
    either: 'text',
    encoded: 'text',
  });
  const raw = { name: 'raw', body: '' };
  assert.deepEqual(
    forwarded(plan, [raw, ...['1', '2'].map((body) => ({ name: 'files', body, filename: body }))]).slice(1),
    [
      ['files', '1', 'application/octet-stream', '1'],
      ['files', '2', 'application/octet-stream', '2'],
    ],
  );
  assert.equal(refused(plan, [raw, { name: 'link', body: 'x' }]), 'VALIDATE_SCHEMA  oneOf');
  assert.equal(
    refused(plan, [raw, { name: 'list', body: '{"size":1}' }, { name: 'list', body: '{"size":"1"}' }]),
    'VALIDATE_SCHEMA /list/1/size type',
  );
  assert.equal(
    refused(plan, [raw, { name: 'png', body: '', type: 'image/gif' }]),
    'VALIDATE_MEDIA_TYPE /png content-type',
  );
  assert.equal(refused(plan, [raw, { name: 'either', body: '12' }]), 'accepted');
  assert.equal(refused(plan, [raw, { name: 'either', body: 'ab' }]), 'accepted');
  assert.match(refused(plan, [raw, { name: 'either', body: 'a1' }]), /^VALIDATE_SCHEMA \/either /);
});

test('names of the caller are read by additionalProperties, and only by it', () => {
  const typed = planOf({ type: 'object', properties: {}, additionalProperties: { type: 'integer' } });
  assert.deepEqual(forwarded(typed, [{ name: 'a', body: '1' }]), [['a', null, null, '1']]);
  assert.equal(refused(typed, [{ name: 'a', body: 'x' }]), 'VALIDATE_SCHEMA /a type');
  const open = planOf({ type: 'object', additionalProperties: true });
  assert.deepEqual(forwarded(open, [{ name: 'a"b'.replace('"', '%22'), body: '{"x":1}' }]), [
    ['a"b', null, null, '{"x":1}'],
  ]);
  const closed = planOf({ type: 'object', additionalProperties: false });
  assert.equal(refused(closed, [{ name: 'a', body: '1' }]), 'VALIDATE_FIELD_UNDECLARED /a undeclared');
});

const FAULTS: [what: string, schema: object, encoding: object | undefined, message: RegExp][] = [
  [
    'headers of a part',
    { properties: { a: { type: 'string' } } },
    { a: { headers: { 'X-A': { schema: { type: 'string' } } } } },
    /headers of a part are not enforced/,
  ],
  [
    'a style of a part',
    { properties: { a: { type: 'string' } } },
    { a: { style: 'deepObject' } },
    /style has no effect on parts/,
  ],
  [
    'an encoding without property',
    { properties: {} },
    { b: { contentType: 'text/plain' } },
    /names 'b', which is no property/,
  ],
  [
    'a type that is none',
    { properties: { a: { type: 'string' } } },
    { a: { contentType: 'image' } },
    /no list of media types/,
  ],
  [
    'a type with a parameter',
    { properties: { a: { type: 'string' } } },
    { a: { contentType: 'text/plain; charset=latin1' } },
    /no list of media types/,
  ],
  [
    'an object that is not JSON',
    { properties: { a: { type: 'object', properties: {} } } },
    { a: { contentType: 'application/xml' } },
    /text, JSON or binary/,
  ],
  [
    'text and JSON in one',
    { properties: { a: { oneOf: [{ type: 'string' }, { type: 'object', properties: {} }] } } },
    undefined,
    /text, JSON or binary/,
  ],
  [
    'a pattern on bytes',
    { properties: { a: { type: 'string', format: 'binary', pattern: '^x' } } },
    undefined,
    /pattern cannot be held/,
  ],
  [
    'unique files',
    { properties: { a: { type: 'array', uniqueItems: true, items: { type: 'string', format: 'binary' } } } },
    undefined,
    /uniqueItems cannot be held/,
  ],
  ['an array without items', { properties: { a: { type: 'array' } } }, undefined, /needs items/],
  [
    'names by pattern',
    { patternProperties: { '^x': { type: 'string' } } },
    undefined,
    /patternProperties are not enforced/,
  ],
  [
    'a part declared two ways',
    { anyOf: [{ properties: { a: { type: 'string' } } }, { properties: { a: { type: 'string', format: 'binary' } } }] },
    undefined,
    /do not read it alike/,
  ],
];

for (const [what, schema, encoding, message] of FAULTS) {
  test(`${what} stops the load`, () => {
    assert.throws(
      () => planOf({ type: 'object', ...schema }, encoding),
      (error) => error instanceof LoadError && error.faults.some((fault) => message.test(fault.message)),
    );
  });
}

test('a boundary that occurs in the body is drawn again, and a source that only draws such is an error', () => {
  const bytes = form([{ name: 'title', body: '-----' }, FILE]);
  const type = 'multipart/form-data; boundary=b0';
  const texts = ['xx', 'yy'];
  const part = form([{ name: 'file', body: '--sally' }]);
  const context = { bindings: BINDINGS, json, max_steps: 100_000, boundary: () => texts.shift() ?? 'zz' };
  assert.match(readMultipart(UPLOAD, bytes, type, context).content_type, /sallyport-xx$/);
  assert.ok(readMultipart(UPLOAD, part, type, context));
  const big = planOf({ type: 'object', properties: { file: {} } });
  const stuck = form([{ name: 'file', body: 'x--sallyport-qq' }]);
  const turns = ['qq', 'rr'];
  const rebuilt = readMultipart(big, stuck, type, { ...context, boundary: () => turns.shift() as string });
  assert.match(rebuilt.content_type, /sallyport-rr$/);
  assert.throws(() => readMultipart(big, stuck, type, { ...context, boundary: () => 'qq' }), /every boundary/);
});

test('of any bytes and any Content-Type only refusals come', () => {
  const head = '--b0\r\nContent-Disposition: form-data; name="';
  const piece = fc.constantFrom(
    head,
    'file',
    'meta',
    'tags',
    '"\r\n\r\n',
    '\r\n',
    '--b0',
    '--',
    '"; filename="x',
    '{',
    '}',
    '"a"',
    ':',
    '1',
    '\\',
    '\0',
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((raw) => Buffer.from(raw)),
    fc.array(piece, { maxLength: 16 }).map((pieces) => Buffer.from(`${head}${pieces.join('')}\r\n--b0--`)),
  );
  const type = fc.oneof(fc.constant('multipart/form-data; boundary=b0'), fc.string({ unit: 'binary', maxLength: 40 }));
  fc.assert(
    fc.property(bytes, type, (body, content_type) => {
      try {
        readMultipart(UPLOAD, body, content_type, { bindings: BINDINGS, json, max_steps: 100_000, boundary });
      } catch (error) {
        assert.ok(error instanceof Refusal, String(error));
        assert.ok(error.code.startsWith('VALIDATE_'));
      }
    }),
    { numRuns: 2000 },
  );
});

test('whatever the parts hold, the upstream reads what was judged or the form is refused', () => {
  const sent = fc.record(
    {
      name: fc.constantFrom('file', 'title', 'count', 'meta', 'tags', 'owner', 'extra'),
      body: fc.oneof(
        fc.constantFrom('acme', '{"a":1}', '7', '', '--b0', '\r\n--b0--', '"', '\\', '{"a":1},"x":1', 'x\r\ny'),
        fc.string({ unit: 'binary', maxLength: 8 }),
      ),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(sent, { maxLength: 6 }), (parts) => {
      let out: ReturnType<typeof forwarded>;
      try {
        out = forwarded(UPLOAD, parts);
      } catch (error) {
        assert.ok(error instanceof Refusal, String(error));
        return;
      }
      const got = out.map(([name, , , body]) => `${name}=${body}`);
      const want = parts.map(({ name, body }) => `${name}=${Buffer.from(body).toString('latin1')}`);
      if (!parts.some(({ name }) => name === 'owner')) want.push('owner=acme');
      assert.deepEqual(got.sort(), want.sort());
    }),
    { numRuns: 1000 },
  );
});
