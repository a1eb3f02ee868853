import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseTarget } from '../../src/check/target.ts';

describe('a target', () => {
  const good: readonly [string, string, number][] = [
    ['api.example.org', 'api.example.org', 443],
    ['API.example.org:8443', 'api.example.org', 8443],
    ['example.org.', 'example.org.', 443],
    ['localhost:1', 'localhost', 1],
    ['192.0.2.7:65535', '192.0.2.7', 65_535],
    ['[2001:db8::7]:8443', '2001:db8::7', 8443],
    ['2001:db8::7', '2001:db8::7', 443],
    ['https://api.example.org', 'api.example.org', 443],
    ['https://api.example.org:8443/', 'api.example.org', 8443],
  ];
  for (const [text, host, port] of good) {
    it(`is read: ${text}`, () =>
      assert.deepEqual(parseTarget(text), {
        ...{ text, host, port, name: host, starttls: null, service: 'https' },
        ...{ address: null, roots: [], place: null },
      }));
  }

  const within: readonly [string, number, string | null][] = [
    ['smtp://a.example', 25, 'smtp'],
    ['submission://a.example', 587, 'smtp'],
    ['smtp://a.example:2525/', 2525, 'smtp'],
    ['imap://a.example', 143, 'imap'],
    ['pop3://a.example', 110, 'pop3'],
    ['ftp://a.example', 21, 'ftp'],
    ['ldap://a.example', 389, 'ldap'],
    ['postgres://a.example', 5432, 'postgres'],
    ['mysql://a.example', 3306, 'mysql'],
    ['xmpp://a.example', 5222, 'xmpp'],
    ['xmpp-server://a.example', 5269, 'xmpp-server'],
    ['smtps://a.example', 465, null],
    ['imaps://a.example', 993, null],
    ['pop3s://a.example', 995, null],
    ['ldaps://a.example', 636, null],
    ['ftps://a.example', 990, null],
  ];
  for (const [text, port, starttls] of within) {
    it(`is read with its protocol: ${text}`, () => {
      const target = parseTarget(text);
      assert.deepEqual(
        [target?.host, target?.port, target?.starttls, target?.service],
        ['a.example', port, starttls, text.replace(/:.*/, '')],
      );
    });
  }

  const bad = [
    '',
    ':443',
    'a:0',
    'a:65536',
    'http://a',
    'gopher://a',
    'SMTP://a',
    'smtp:a',
    'a/b',
    'user@a',
    '1.2.3',
    '[::1',
    '[1.2.3.4]:1',
    '-a.org',
    'a..b',
    '2001:db8::7:8443x',
  ];
  for (const text of bad) it(`is none: ${JSON.stringify(text)}`, () => assert.equal(parseTarget(text), null));

  it('is never read out of what could be something else to a resolver', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        const target = parseTarget(text);
        assert.ok(target === null || /^[a-z0-9._:-]{1,253}$/.test(target.host), JSON.stringify(target));
      }),
    );
  });
});
