import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { accepts, matchContent, narrowAccept, readMediaType } from '../../src/channels/api/contract/media-type.ts';

const of = (...media_types: string[]) => media_types.map((media_type) => ({ media_type }));

function matched(content: ReturnType<typeof of>, content_type: string): string | null {
  const found = matchContent(content, content_type);
  return typeof found === 'string' ? found : (found?.media_type ?? null);
}

test('parameters are a set: sorted, names and charset without regard to case, utf-8 left out', () => {
  // biome-ignore format: a table
  const table = [
    ['application/json', 'application/json'],
    [' Text/HTML ; Charset="UTF-8" ', 'text/html'],
    ['a/b;z=1;A=2', 'a/b;A=2;z=1'],
    ['a/b; q="x y"', 'a/b;q="x y"'],
    ['a/b; q="x\\"y"', 'a/b;q="x\\"y"'],
    ['a/b; q="plain"', 'a/b;q=plain'],
    ['text/plain;charset=ISO-8859-1', 'text/plain;charset=iso-8859-1'],
    ['multipart/form-data; boundary=xyz', 'multipart/form-data'],
  ] as const;
  for (const [given, text] of table) {
    assert.equal(readMediaType(given)?.text.toLowerCase(), text.toLowerCase(), given);
  }
});

test('what two parsers could read in two ways is no media type', () => {
  // biome-ignore format: a table
  const table = ['', 'json', 'a/b/c', 'a /b', 'a/b;', 'a/b;;c=1', 'a/b;c', 'a/b;c=', 'a/b;c =1', 'a/b;c=1;C=2', 'a/b;c="1', 'a/b,c/d',
    'a/b;c="\u00e4"', `a/b;c=${'x'.repeat(300)}`, `a/b${Array.from({ length: 9 }, (_, at) => `;p${at}=1`).join('')}`];
  for (const given of table) assert.equal(readMediaType(given), null, given);
});

test('a Content-Type names the entry of the same type and parameters, else the narrowest range', () => {
  const content = of('application/json', 'application/json;version=2', 'image/png', 'image/*', '*/*');
  assert.equal(matched(content, 'application/json;charset=utf-8'), 'application/json');
  assert.equal(matched(content, 'application/json; version="2"'), 'application/json;version=2');
  assert.equal(matched(content, 'IMAGE/PNG'), 'image/png');
  assert.equal(matched(content, 'image/gif'), 'image/*');
  assert.equal(matched(content, 'text/plain'), '*/*');
});

test('a parameter that is not declared makes another type, in ranges too', () => {
  const content = of('application/json', 'image/*');
  for (const type of ['application/json;version=2', 'image/png;a=b', 'image/*', '*/*', 'text/plain']) {
    assert.equal(matched(content, type), null, type);
  }
});

test('a charset is told apart from a type that is not declared', () => {
  const content = of('text/plain', 'image/*', 'text/csv;charset=latin1');
  assert.equal(matched(content, 'text/plain;charset=utf-16'), 'charset');
  assert.equal(matched(content, 'image/svg;charset=utf-16'), 'charset');
  assert.equal(matched(content, 'text/html;charset=utf-16'), null);
  assert.equal(matched(content, 'text/csv; charset=Latin1'), 'text/csv;charset=latin1');
});

test('an Accept field is held against ranges and types with parameters', () => {
  assert.equal(accepts('image/png', ['image/*']), true);
  assert.equal(accepts('image/*', ['image/png']), true);
  assert.equal(accepts('text/plain', ['*/*']), true);
  assert.equal(accepts('text/plain', ['image/*']), false);
  assert.equal(accepts('application/vnd.a+json', ['application/vnd.a+json;version=2']), true);
});

test('the upstream is asked for what the caller admits, with its weights, and for every form of an error', () => {
  const success = ['application/json', 'text/csv', 'application/vnd.diff'];
  const declared = [...success, 'application/problem+json'].join(', ');
  const asked = (accept?: string) => narrowAccept(accept, declared, success);
  assert.equal(asked(), declared);
  assert.equal(asked('*/*'), declared);
  assert.equal(asked('text/csv'), 'text/csv, application/problem+json');
  assert.equal(
    asked('text/csv, application/json;q=0.5, application/*;q=0'),
    'application/json;q=0.5, text/csv, application/problem+json',
  );
  assert.equal(
    asked('text/*;q=0.1, */*;q=bad'),
    'application/json, text/csv;q=0.1, application/vnd.diff, application/problem+json',
  );
});

test('any bytes are a media type of bounded length or none, and its text reads as itself', () => {
  const near = fc.stringMatching(/^[a-z]{1,3}\/[a-z*]{1,3}( ?; ?[a-zA-Z]{1,3}=("[ -~]{0,6}"|[a-z0-9]{0,4})){0,4}$/);
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), near), (given) => {
      const media = readMediaType(given);
      if (media === null) return;
      assert.equal(readMediaType(media.text)?.text, media.text);
      assert.equal(matched(of(media.text), given) !== null || media.type.endsWith('/*'), true);
    }),
  );
});
