import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { agreeOnHost } from '../../src/channels/api/hygiene/authority.ts';
import { readFields } from '../../src/channels/api/hygiene/fields.ts';
import { readFraming, readHttp2Framing } from '../../src/channels/api/hygiene/framing.ts';
import { Refusal, type RefusalCode } from '../../src/core/errors/index.ts';

function refuses(code: RefusalCode, act: () => unknown): void {
  assert.throws(act, (error) => error instanceof Refusal && error.code === code);
}

for (const name of ['Authorization', 'Content-Type', 'Content-Length', 'Transfer-Encoding', 'Expect', 'Range']) {
  test(`a repeated ${name} is refused`, () => {
    refuses('ADMIT_FIELD_REPEATED', () => readFields([name, 'a', 'X-Other', 'b', name.toUpperCase(), 'a']));
  });
  test(`${name} written with underscores is refused`, () => {
    if (!name.includes('-')) return;
    refuses('ADMIT_FIELD', () => readFields([name.replaceAll('-', '_'), 'a']));
  });
}

test('a repeated Host is refused as such', () => {
  refuses('ADMIT_HOST', () => readFields(['Host', 'a', 'host', 'a']));
});

test('fields are found whatever their case, and repeated list fields are kept apart', () => {
  const fields = readFields(['X-Tag', 'one', 'x-tag', 'two', 'Accept', '*/*']);
  assert.deepEqual(fields.all('x-tag'), ['one', 'two']);
  assert.equal(fields.single('x-tag'), undefined);
  assert.equal(fields.single('accept'), '*/*');
  assert.equal(fields.all('absent'), undefined);
});

const LENGTHS = ['01', '+1', '-1', '1 ', ' 1', '1,1', '0x1', '1.0', '1e1', '', '٣', '99999999999999999'];
for (const length of LENGTHS) {
  test(`the Content-Length ${JSON.stringify(length)} is refused`, () => {
    refuses('ADMIT_FRAMING', () => readFraming(readFields(['Content-Length', length])));
    refuses('ADMIT_FRAMING', () => readHttp2Framing(readFields(['content-length', length]), false));
  });
}

const CODINGS = ['identity', 'gzip, chunked', 'chunked, chunked', 'chunked, identity', 'x-chunked', '"chunked"', ''];
for (const coding of CODINGS) {
  test(`the Transfer-Encoding ${JSON.stringify(coding)} is refused`, () => {
    refuses('ADMIT_FRAMING', () => readFraming(readFields(['Transfer-Encoding', coding])));
  });
}

test('Content-Length together with chunked is refused', () => {
  refuses('ADMIT_FRAMING', () => readFraming(readFields(['Content-Length', '3', 'Transfer-Encoding', 'chunked'])));
});

test('plain framing is read', () => {
  assert.deepEqual(readFraming(readFields([])), { has_body: false, content_length: null });
  assert.deepEqual(readFraming(readFields(['Content-Length', '0'])), { has_body: false, content_length: 0 });
  assert.deepEqual(readFraming(readFields(['Content-Length', '17'])), { has_body: true, content_length: 17 });
  assert.deepEqual(readFraming(readFields(['Transfer-Encoding', 'Chunked'])), { has_body: true, content_length: null });
});

const served = new Set(['gate.example', '127.0.0.1', '::1']);
const claims = { host: 'gate.example', authority: null, sni: 'gate.example' };

test('claims that agree name the host', () => {
  assert.equal(agreeOnHost(claims, served), 'gate.example');
  assert.equal(agreeOnHost({ ...claims, host: 'GATE.example:8443' }, served), 'gate.example');
  assert.equal(agreeOnHost({ host: null, authority: 'gate.example', sni: null }, served), 'gate.example');
  assert.equal(agreeOnHost({ host: '[::1]:8443', authority: null, sni: null }, served), '::1');
  assert.equal(agreeOnHost({ host: 'gate.example', authority: 'gate.example', sni: null }, served), 'gate.example');
});

test('claims that differ are misdirected', () => {
  refuses('ADMIT_MISDIRECTED', () => agreeOnHost({ ...claims, host: 'other.example' }, served));
  refuses('ADMIT_MISDIRECTED', () => agreeOnHost({ ...claims, authority: 'other.example' }, served));
  refuses('ADMIT_MISDIRECTED', () => agreeOnHost({ ...claims, authority: 'gate.example:1' }, served));
  refuses('ADMIT_MISDIRECTED', () => agreeOnHost({ ...claims, sni: 'other.example' }, served));
  refuses('ADMIT_MISDIRECTED', () => agreeOnHost({ host: '127.0.0.1', authority: null, sni: 'gate.example' }, served));
  refuses('ADMIT_MISDIRECTED', () => agreeOnHost({ host: 'absent.example', authority: null, sni: null }, served));
});

for (const host of [
  '',
  'a b',
  'user@gate.example',
  'gate.example:',
  'gate.example:x',
  'gate.example/x',
  'gate.example,gate.example',
]) {
  test(`the Host ${JSON.stringify(host)} is no authority`, () => {
    refuses('ADMIT_HOST', () => agreeOnHost({ host, authority: null, sni: null }, served));
  });
}

test('a missing Host is refused', () => {
  refuses('ADMIT_HOST', () => agreeOnHost({ host: null, authority: null, sni: 'gate.example' }, served));
});

test('whatever the fields hold, only a refusal escapes', () => {
  const name = fc.oneof(
    fc.string(),
    fc.constantFrom('Host', 'content-length', 'Transfer-Encoding', 'Content_Length', '__proto__'),
  );
  const pairs = fc.array(fc.tuple(name, fc.string({ unit: 'binary' })), { maxLength: 20 });
  fc.assert(
    fc.property(pairs, (fields) => {
      try {
        const read = readFields(fields.flat());
        readFraming(read);
        agreeOnHost({ host: read.single('host') ?? null, authority: null, sni: null }, served);
      } catch (error) {
        assert.ok(error instanceof Refusal);
      }
    }),
  );
});
