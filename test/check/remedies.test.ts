import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { judgeTls } from '../../src/check/judge.ts';
import { DEFAULT_POLICY } from '../../src/check/policies/index.ts';
import { TLS_RULES } from '../../src/check/registry.ts';
import { parseTarget } from '../../src/check/target.ts';
import { zoneConfig } from '../../src/config/schema.ts';
import { SOUND } from './evidence.ts';

/** Software that lines are told of, whatever the rule. */
function toldAt(text: string): string[] {
  const { service } = parseTarget(text)!;
  return softwareIn(judgeTls(SOUND, DEFAULT_POLICY, service));
}

function softwareIn(results: ReturnType<typeof judgeTls>): string[] {
  return [...new Set(results.flatMap(({ remedies }) => remedies.map(({ software }) => software)))].toSorted();
}

describe('lines to set are those of software that may stand behind the target', () => {
  const web = ['apache', 'caddy', 'haproxy', 'nginx', 'sallyport'];
  const proxies = ['haproxy', 'nginx'];
  const expected: readonly [string, readonly string[]][] = [
    ['a.example', web],
    ['a.example:8443', web],
    ['https://a.example', web],
    ['smtp://a.example', ['postfix']],
    ['submission://a.example', ['postfix']],
    ['smtps://a.example', ['postfix']],
    ['imaps://a.example', proxies],
    ['pop3s://a.example', proxies],
    ['ldaps://a.example', proxies],
    ['ftps://a.example', []],
    ['imap://a.example', []],
    ['pop3://a.example', []],
    ['ftp://a.example', []],
    ['ldap://a.example', []],
    ['postgres://a.example', []],
    ['xmpp://a.example', []],
  ];
  for (const [text, software] of expected) {
    it(`${text}: ${software.join(', ') || 'none, and the advice remains'}`, () => {
      assert.deepEqual(toldAt(text), software);
    });
  }

  it('a listener of the gate itself: those of Sallyport alone', () => {
    assert.deepEqual(softwareIn(judgeTls(SOUND, DEFAULT_POLICY, 'gate')), ['sallyport']);
  });

  it('and a rule keeps the order it has them in', () => {
    const rule = judgeTls(SOUND, DEFAULT_POLICY, 'https').find((result) => result.rule === 'tls/old-protocols');
    assert.deepEqual(
      rule?.remedies.map(({ software }) => software),
      ['nginx', 'apache', 'haproxy', 'caddy'],
    );
  });
});

describe('the lines of Sallyport', () => {
  const listener = { port: 8443, names: ['a.example'] };
  const certificate = { chain: 'pki/gate.pem', key: 'file:pki/gate.key' };
  for (const { id, remedies } of TLS_RULES) {
    const lines: readonly string[] | undefined = 'sallyport' in remedies ? remedies.sallyport : undefined;
    if (lines === undefined) continue;
    it(`for ${id} may stand in a zone or in a listener of it`, () => {
      const set = parse(lines.join('\n')) as Record<string, unknown>;
      const of_listener = 'certificate' in set;
      const zone = { listen: [{ ...listener, certificate, ...(of_listener ? set : {}) }], ...(of_listener ? {} : set) };
      assert.deepEqual(zoneConfig.safeParse(zone).error?.issues ?? [], []);
    });
  }
});
