import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  DEFAULT_JSON_LIMITS,
  JsonError,
  type JsonErrorCode,
  type JsonLimits,
  JsonParser,
  nodeValue,
  parseJson,
  pointerTo,
} from '../../src/protocol/json/index.ts';

function codeOf(text: string | Buffer, limits: Partial<JsonLimits> = {}): JsonErrorCode | 'accepted' {
  try {
    parseJson(Buffer.from(text as string), { ...DEFAULT_JSON_LIMITS, ...limits });
    return 'accepted';
  } catch (error) {
    assert.ok(error instanceof JsonError, String(error));
    return error.code;
  }
}

/** In the manner of the JSON parsing test suites: y_ must be accepted. */
const ACCEPTED = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '-0.0',
  '1e5',
  '1E+2',
  '0e1',
  '1.5e-7',
  '1e400',
  '-1e-400',
  '12345678901234567890',
  '""',
  '"a"',
  '" "',
  '"\\u0000"',
  '"\\u0061\\n\\t\\"\\\\\\/\\b\\f\\r"',
  '"\\uD834\\uDD1E"',
  '"\\ud834\\udd1e"',
  '"\u007f"',
  '"€𝄞"',
  '"\u2028\u2029"',
  '"\ufeff"',
  '"\\uFFFF"',
  '[]',
  '{}',
  ' \t\r\n[ \t\r\n] \t\r\n',
  '[1]',
  '[[[]]]',
  '[null,1,"1",{}]',
  '{"":0}',
  '{"a":[]}',
  '{ "a" : 1 , "b" : 2 }',
  '{"a":{"a":{"a":1}}}',
  '{"proto":1,"__prot__":2,"constructor":3,"toString":4}',
  '{"\\u0061":1,"b":2}',
  '[{"a":1},{"a":1}]',
];

/** n_ must be refused, with this code. */
const REFUSED: readonly (readonly [string | Buffer, JsonErrorCode])[] = [
  ['', 'syntax'],
  [' ', 'syntax'],
  ['nul', 'syntax'],
  ['nulL', 'syntax'],
  ['truee', 'trailing'],
  ['True', 'syntax'],
  ['NaN', 'syntax'],
  ['Infinity', 'syntax'],
  ['-Infinity', 'syntax'],
  ['-', 'syntax'],
  ['+1', 'syntax'],
  ['01', 'trailing'],
  ['-01', 'trailing'],
  ['1.', 'syntax'],
  ['.5', 'syntax'],
  ['1.e5', 'syntax'],
  ['1e', 'syntax'],
  ['1e+', 'syntax'],
  ['0x1', 'trailing'],
  ['1_000', 'trailing'],
  ['１', 'utf8'],
  ['"', 'syntax'],
  ['"a', 'syntax'],
  ['"\\"', 'syntax'],
  ['"\n"', 'syntax'],
  ['"\t"', 'syntax'],
  ['"\u0000"', 'syntax'],
  ['"\\x41"', 'syntax'],
  ['"\\u12"', 'syntax'],
  ['"\\u12G4"', 'syntax'],
  ['"\\U0041"', 'syntax'],
  ['"\\', 'syntax'],
  ['"\\ud800"', 'syntax'],
  ['"\\udc00"', 'syntax'],
  ['"\\ud800\\ud800"', 'syntax'],
  ['"\\ud800a"', 'syntax'],
  ['"\\ud800\\n"', 'syntax'],
  ["'a'", 'syntax'],
  ['[', 'syntax'],
  ['[1', 'syntax'],
  ['[1,', 'syntax'],
  ['[1,]', 'syntax'],
  ['[,1]', 'syntax'],
  ['[1 2]', 'syntax'],
  ['[1:2]', 'syntax'],
  ['[1}', 'syntax'],
  [']', 'syntax'],
  ['[]]', 'trailing'],
  ['{', 'syntax'],
  ['{"a"', 'syntax'],
  ['{"a":', 'syntax'],
  ['{"a":1', 'syntax'],
  ['{"a":1,', 'syntax'],
  ['{"a":1,}', 'syntax'],
  ['{,"a":1}', 'syntax'],
  ['{a:1}', 'syntax'],
  ["{'a':1}", 'syntax'],
  ['{1:1}', 'syntax'],
  ['{"a" 1}', 'syntax'],
  ['{"a"::1}', 'syntax'],
  ['{"a":1;"b":2}', 'syntax'],
  ['{"a":1]', 'syntax'],
  ['{}{}', 'trailing'],
  ['1 1', 'trailing'],
  ['[] //', 'trailing'],
  ['/* */ 1', 'syntax'],
  ['[1]\u0000', 'trailing'],
  ['\ufeff{}', 'utf8'],
  [Buffer.from([0x22, 0xff, 0x22]), 'utf8'],
  [Buffer.from([0x22, 0xc0, 0xaf, 0x22]), 'utf8'],
  [Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'utf8'],
  [Buffer.from([0x22, 0xf4, 0xbf, 0xbf, 0xbf, 0x22]), 'utf8'],
  [Buffer.from('{"a":1}', 'utf16le'), 'syntax'],
  ['{"a":1,"a":1}', 'duplicate-key'],
  ['{"a":1,"\\u0061":2}', 'duplicate-key'],
  ['{"\\u0061":1,"a":2}', 'duplicate-key'],
  ['{"\\/":1,"/":2}', 'duplicate-key'],
  ['{"x":{"a":1,"b":2,"a":3}}', 'duplicate-key'],
  ['{"__proto__":1}', 'forbidden-key'],
  ['{"__pr\\u006fto__":1}', 'forbidden-key'],
  ['[{"a":{"__proto__":null}}]', 'forbidden-key'],
];

describe('the strict JSON parser', () => {
  for (const text of ACCEPTED) {
    it(`accepts ${JSON.stringify(text)} and reads what JSON.parse reads`, () => {
      assert.deepEqual(nodeValue(parseJson(Buffer.from(text))), JSON.parse(text));
    });
  }

  for (const [text, code] of REFUSED) {
    it(`refuses ${JSON.stringify(text.toString())} as ${code}`, () => {
      assert.equal(codeOf(text), code);
    });
  }

  it('finds a duplicate among many names', () => {
    const names = Array.from({ length: 3000 }, (_, index) => `"k${index}":0`);
    assert.equal(codeOf(`{${names.join()}}`), 'accepted');
    assert.equal(codeOf(`{${[...names, '"k\\u0031500":1'].join()}}`), 'duplicate-key');
  });

  it('holds each limit at its edge', () => {
    assert.equal(codeOf('[1]', { max_bytes: 3 }), 'accepted');
    assert.equal(codeOf('[1] ', { max_bytes: 3 }), 'bytes');
    assert.equal(codeOf('[[{}]]', { max_depth: 3 }), 'accepted');
    assert.equal(codeOf('[[{"a":[]}]]', { max_depth: 3 }), 'depth');
    assert.equal(codeOf('{"a":{"b":1}}', { max_keys: 2 }), 'accepted');
    assert.equal(codeOf('{"a":{"b":1},"c":2}', { max_keys: 2 }), 'keys');
    assert.equal(codeOf('[1,[2]]', { max_items: 3 }), 'accepted');
    assert.equal(codeOf('[1,[2,3]]', { max_items: 3 }), 'items');
    assert.equal(codeOf('[1,[2,3]]', { max_array_items: 2 }), 'accepted');
    assert.equal(codeOf('[[1,2,3],4]', { max_array_items: 2 }), 'array');
    assert.equal(codeOf('["abc",{"abc":1}]', { max_string_bytes: 3 }), 'accepted');
    assert.equal(codeOf('"abcd"', { max_string_bytes: 3 }), 'string');
    assert.equal(codeOf('"\\u0061"', { max_string_bytes: 5 }), 'string');
    assert.equal(codeOf('"\\u0061"', { max_string_bytes: 6 }), 'accepted');
    assert.equal(codeOf('"éé"', { max_string_bytes: 3 }), 'string');
    assert.equal(codeOf('{"abcd":1}', { max_string_bytes: 3 }), 'string');
    assert.equal(codeOf('123', { max_number_length: 3 }), 'accepted');
    assert.equal(codeOf('-123', { max_number_length: 3 }), 'number');
  });

  it('refuses nesting far beyond the limit without exhausting the stack', () => {
    assert.equal(codeOf('['.repeat(1_000_000)), 'depth');
    assert.equal(codeOf('{"a":'.repeat(500_000)), 'depth');
  });

  it('caps a depth limit that would exhaust the stack', () => {
    assert.equal(codeOf('['.repeat(1_000_000), { max_depth: 1e9 }), 'depth');
  });

  it('names the duplicate member by pointer, and never shows values', () => {
    assert.throws(
      () => parseJson(Buffer.from('{"list":[0,{"a/b":1,"c":"secret","a/b":2}]}')),
      (error: JsonError) => error.pointer === '/list/1/a~1b' && !error.message.includes('secret'),
    );
  });

  it('reports the byte where it noticed', () => {
    assert.throws(() => parseJson(Buffer.from('{"a":tru}')), { code: 'syntax', offset: 5 });
  });

  it('reuses its tape without remembering the text before', () => {
    const parser = new JsonParser(DEFAULT_JSON_LIMITS, 1);
    for (const text of ['{"a":[1,2,{"b":null}]}', '3', '[{"c":1},"x"]', '{"\\u0061":1}', '["a"]']) {
      assert.deepEqual(nodeValue(parser.parse(Buffer.from(text))), JSON.parse(text));
      assert.throws(() => parser.parse(Buffer.from('{"a":[1,{"b"')));
    }
  });

  it('points at every node by its RFC 6901 pointer', () => {
    const tape = parseJson(Buffer.from('{"a":[10,{"~/":true}],"":{"b":null}}'));
    const pointers = Array.from({ length: tape.size }, (_, node) => pointerTo(tape, node));
    assert.deepEqual(pointers, ['', '/a', '/a/0', '/a/1', '/a/1/~0~1', '/', '//b']);
  });

  it('does not slow down on names made to collide', () => {
    const names = collidingNames(64);
    const text = (extra: string) => `{${[...names, extra].map((name) => `"${name}":0`).join()}}`;
    assert.equal(codeOf(text('other')), 'accepted');
    assert.equal(codeOf(text(names[0] as string)), 'duplicate-key');
  });
});

/** Names whose FNV-1a hashes share the low bits a table of their number is indexed by. */
function collidingNames(count: number): string[] {
  const names: string[] = [];
  for (let index = 0; names.length < count; index++) {
    const name = `n${index}`;
    let hash = 0x811c9dc5 | 0;
    for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01000193);
    if (((hash ^ (hash >>> 15)) & 0xff) === 7) names.push(name);
  }
  return names;
}
