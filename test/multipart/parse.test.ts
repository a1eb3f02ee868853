import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DEFAULT_MULTIPART_LIMITS,
  MultipartError,
  type MultipartErrorCode,
  type MultipartLimits,
  parseMultipart,
} from '../../src/protocol/multipart/index.ts';

const TYPE = 'multipart/form-data; boundary=b0';

function parse(text: string, type = TYPE, limits: MultipartLimits = DEFAULT_MULTIPART_LIMITS) {
  return parseMultipart(Buffer.from(text, 'latin1'), type, limits);
}

function refusedAs(code: MultipartErrorCode, run: () => unknown, message?: string): void {
  assert.throws(run, (error) => error instanceof MultipartError && error.code === code, message);
}

/** One part with these header lines around an empty body. */
function withHeaders(...lines: string[]): string {
  return `--b0\r\n${lines.join('\r\n')}\r\n\r\n\r\n--b0--`;
}

function named(parameters: string): string {
  return withHeaders(`Content-Disposition: form-data; ${parameters}`);
}

test('parts are read with name, file name, type and exactly their bytes', () => {
  const text =
    '--b0\r\nContent-Disposition: form-data; name="a"\r\n\r\none\r\n\r\n--b0\r\n' +
    'content-disposition:form-data;name=f;filename="x \xc3\xa9.png"\r\nCONTENT-TYPE: image/png \r\n\r\n\x00\r\n-\xff\r\n' +
    '--b0\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: binary\r\n\r\n\r\n--b0--\r\n';
  const parts = parse(text).map((part) => ({ ...part, body: part.body.toString('latin1') }));
  assert.deepEqual(parts, [
    { name: 'a', filename: null, content_type: null, body: 'one\r\n' },
    { name: 'f', filename: 'x é.png', content_type: 'image/png', body: '\x00\r\n-\xff' },
    { name: 'a', filename: null, content_type: null, body: '' },
  ]);
});

test('a boundary is a token or quoted, of the characters of RFC 2046', () => {
  const part = 'Content-Disposition: form-data; name="a"\r\n\r\n1';
  for (const [type, boundary] of [
    ['Multipart/Form-Data;Boundary=b', 'b'],
    ['multipart/form-data; boundary="a\'()+_,-./:=?"', "a'()+_,-./:=?"],
    ['multipart/form-data; charset=UTF-8; boundary=----WebKitFormBoundary7MA4', '----WebKitFormBoundary7MA4'],
    [`multipart/form-data; boundary=${'x'.repeat(70)}`, 'x'.repeat(70)],
  ] as const) {
    assert.equal(parse(`--${boundary}\r\n${part}\r\n--${boundary}--`, type).length, 1, type);
  }
  for (const type of [
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary="a b"',
    'multipart/form-data; boundary=a b',
    'multipart/form-data; boundary=b;',
    'multipart/form-data; boundary="b\\0"',
    'multipart/form-data; boundary=b; boundary=c',
    'multipart/form-data; boundary=b; Boundary=b',
    'multipart/form-data; boundary=b; charset=latin1',
    'multipart/form-data; boundary=b; x=y',
    'multipart/form-data, multipart/form-data; boundary=b',
    'multipart/mixed; boundary=b',
    'multipart/form-datax; boundary=b',
    `multipart/form-data; boundary=${'x'.repeat(71)}`,
    `multipart/form-data;${' '.repeat(100_000)}`,
    'application/json',
    '',
  ]) {
    refusedAs('boundary', () => parse(`--b\r\n${part}\r\n--b--`, type), type);
  }
});

test('only CRLF ends a line, and a delimiter stands alone on its own', () => {
  const good = '--b0\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b0--';
  assert.equal(parse(good).length, 1);
  for (const text of [
    '',
    '--b0',
    '--b0-',
    `preamble\r\n${good}`,
    `\r\n${good}`,
    good.replace('--b0\r\n', '--b0\n'),
    good.replace('--b0\r\n', '--b0 \r\n'),
    good.replace('\r\n--b0--', '\n--b0--'),
    good.replace('\r\n--b0--', '\r--b0--'),
    good.replace('\r\n--b0--', '--b0--'),
    good.replace('\r\n--b0--', ''),
    good.replace('--b0--', '--b0'),
    good.replace('--b0--', '--b0\r\n'),
    good.replace('1', '1\n--b0\nx'),
    good.replace('1', 'x--b0x'),
    good.replace('1', '1\r\n--b0x'),
    good.replace('1', '1\r\n--b0 \r\n'),
    '--b0\r\n--b0--',
  ]) {
    refusedAs('delimiter', () => parse(text), JSON.stringify(text));
  }
  for (const tail of ['\n', '\r\n\r\n', '\r\nepilogue', ' ', '\r\n--b0--', '-', '\0']) {
    refusedAs('trailing', () => parse(good + tail), JSON.stringify(tail));
  }
  refusedAs('parts', () => parse('--b0--'));
  refusedAs('parts', () => parse('--b0--\r\n'));
});

test('a header section holds each field once, on one line', () => {
  const disposition = 'Content-Disposition: form-data; name="a"';
  for (const lines of [
    [],
    ['x'],
    [disposition, ' folded'],
    [disposition, '\tfolded'],
    ['Content-Disposition : form-data; name="a"'],
    [disposition, disposition],
    [disposition, 'Content-Type: text/plain', 'content-type: text/html'],
    [disposition, 'Content-Type: a\nb/c'],
    [disposition, 'Content-Type: a\rb/c'],
    [disposition, 'Content-Type: a\0b'],
    ['Content-Disposition: form-data; name="a\x7f"'],
    [`${disposition}\n`],
    ['Content-Disposition: form-data; name="a\r"'],
    [': form-data; name="a"'],
    [disposition, `Content-Type: ${'x'.repeat(5000)}`],
  ]) {
    refusedAs('headers', () => parse(withHeaders(...lines)), JSON.stringify(lines));
  }
  refusedAs('headers', () => parse('--b0\r\nContent-Disposition: form-data; name="a"\r\n--b0--'));
  for (const line of [
    'X-Other: 1',
    'Content-Length: 1',
    'Content-Transfer-Encoding: base64',
    'Content-Transfer-Encoding:',
  ]) {
    refusedAs('field', () => parse(withHeaders(disposition, line)), line);
  }
});

test('a Content-Disposition is form-data with one name and perhaps one file name, each with one reading', () => {
  for (const parameters of [
    "name=a; filename*=UTF-8''b",
    "name*=UTF-8''a",
    'filename="b"',
    'name="a"; name="a"',
    'name="a"; Name="b"',
    'name="a"; filename="b"; filename="c"',
    'name="a"; size=3',
    'name="a\\"b"',
    'name="a\\b"',
    'name="a',
    'name=a"',
    'name=a b',
    'name="a" filename="b"',
    'name="a";',
    'name="a";; filename="b"',
    'name = "a"',
    'name',
    'name=',
    'name="_charset_"',
  ]) {
    refusedAs('disposition', () => parse(named(parameters)), parameters);
  }
  for (const line of [
    'Content-Disposition: attachment; name="a"',
    'Content-Disposition: form-data',
    'Content-Disposition:',
  ]) {
    refusedAs('disposition', () => parse(withHeaders(line)), line);
  }
  refusedAs('disposition', () => parse(withHeaders('Content-Type: text/plain')));
});

test('names are UTF-8 without control characters, also once their escapes are undone', () => {
  const [part] = parse(named('name="%22a%22 %41%2F"; filename="b%22c"'));
  assert.deepEqual([part?.name, part?.filename], ['"a" %41%2F', 'b"c']);
  for (const name of ['', 'a%0D%0Ab', 'a%0ab', 'a\xc2\x85', 'a\xe2\x80\xa8', '\xff', '\xc0\xaf', '\xed\xa0\x80']) {
    refusedAs('name', () => parse(named(`name="${name}"`)), JSON.stringify(name));
    refusedAs('name', () => parse(named(`name="a"; filename="${name}"`)), JSON.stringify(name));
  }
  refusedAs('name', () => parse(named(`name="${'\xc3\xa9'.repeat(128)}"`)));
  assert.equal(parse(named(`name="${'x'.repeat(255)}"`)).length, 1);
});

test('parts and header sections are bounded', () => {
  const part = '--b0\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n';
  const limits = { ...DEFAULT_MULTIPART_LIMITS, max_parts: 3 };
  assert.equal(parse(`${part.repeat(3)}--b0--`, TYPE, limits).length, 3);
  refusedAs('parts', () => parse(`${part.repeat(4)}--b0--`, TYPE, limits));
  refusedAs('parts', () => parse(part.repeat(100_000)));
});

test('an error never holds what was sent', () => {
  assert.throws(
    () => parse(withHeaders('X-Secret: canary')),
    (error) => error instanceof MultipartError && !`${error.message}${error.stack}`.includes('canary'),
  );
});
