/** Groups before TLS 1.3 behind a certificate that has a curve itself, as openssl comes to them. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import type { TargetReport } from '../../src/check/report/report.ts';
import type { Answer } from '../../src/check/tls/ask.ts';
import { enumerateGroups } from '../../src/check/tls/enumerate-groups.ts';
import { FlightReader, type ServerFlight } from '../../src/protocol/tls/server-flight.ts';
import { TLS_1_2 } from '../../src/protocol/tls/versions.ts';
import { missingTools } from '../acceptance/harness/tools.ts';
import { HELLO } from './hello.ts';
import { checked, createPki, type Pki, withOpenssl } from './servers.ts';

/** By openssl's name and the registry's, and as s_client tells what it came to. */
const GROUPS = [
  { name: 'P-256', iana: 'secp256r1', told: 'ECDH, prime256v1' },
  { name: 'P-384', iana: 'secp384r1', told: 'ECDH, secp384r1' },
  { name: 'P-521', iana: 'secp521r1', told: 'ECDH, secp521r1' },
  { name: 'X25519', iana: 'x25519', told: 'X25519' },
  { name: 'X448', iana: 'x448', told: 'X448' },
  { name: 'brainpoolP384r1', iana: 'brainpoolP384r1', told: 'ECDH, brainpoolP384r1' },
] as const;

/** The group openssl comes to with these offered; null where there is no handshake. */
function comesTo(port: number, groups: string): Promise<string | null> {
  const bare = ['-noservername', '-no-CAfile', '-no-CApath', '-no-CAstore'];
  const args = ['s_client', '-connect', `127.0.0.1:${port}`, ...bare, '-tls1_2', '-groups', groups];
  return new Promise((resolve) => {
    const client = execFile('openssl', args, (_error, stdout) => {
      const [, told] = /^Server Temp Key: (.*), \d+ bits$/m.exec(stdout) ?? [];
      resolve(GROUPS.find((group) => group.told === told)?.iana ?? null);
    });
    client.stdin?.end();
  });
}

/** Each group by itself, with the curve of the certificate behind it. */
async function takenOneByOne(port: number, curve: string): Promise<string[]> {
  const taken: string[] = [];
  for (const { name, iana } of GROUPS) {
    const groups = name === curve ? name : `${name}:${curve}`;
    if ((await comesTo(port, groups)) === iana) taken.push(iana);
  }
  return taken.toSorted();
}

function groupsOf({ tls }: TargetReport) {
  const groups = tls?.versions.find(({ name }) => name === 'TLS 1.2')?.groups;
  return { names: groups?.names.toSorted(), complete: groups?.complete };
}

describe('groups behind an ECDSA certificate of P-256', { skip: missingTools('openssl') }, () => {
  let pki: Pki;
  before(() => {
    pki = createPki();
  });
  after(() => pki.remove());

  const cases: readonly [string, string[], string[]][] = [
    ['X25519:P-384', [], ['secp384r1', 'x25519']],
    ['P-256:X25519:P-384', [], ['secp256r1', 'secp384r1', 'x25519']],
    ['X25519:P-521:P-256:brainpoolP384r1:X448', [], ['brainpoolP384r1', 'secp256r1', 'secp521r1', 'x25519', 'x448']],
    ['X25519:P-384:P-256', ['-serverpref'], ['secp256r1', 'secp384r1', 'x25519']],
    ['P-256', [], ['secp256r1']],
    // It would never come to another with a client that takes its certificate.
    ['P-256:X25519', ['-serverpref'], ['secp256r1']],
  ];
  for (const [groups, args, expected] of cases) {
    it(`are all found: ${[...args, groups].join(' ')}`, async () => {
      const { cert, key } = pki.ecdsa;
      const server = ['-tls1_2', '-cert', cert, '-key', key, '-groups', groups, ...args];
      await withOpenssl(server, async (port) => {
        const report = await checked(port);
        assert.deepEqual(groupsOf(report), { names: expected, complete: true });
        assert.deepEqual(await takenOneByOne(port, 'P-256'), expected);
        assert.equal(report.problem, null);
      });
    });
  }
});

const X25519 = 0x001d;
const P256 = 0x0017;
const P384 = 0x0018;

const nothing = new FlightReader().flight;
const REFUSED: Answer = { outcome: 'alert', reason: 'handshake_failure', flight: { ...nothing, alert: 40 } };
const HUNG_UP: Answer = { outcome: 'closed', reason: 'hung up without an answer', flight: nothing };

/** Takes the first it has of what is offered, and refuses who does not offer the curve of its certificate. */
async function found(signs_with_ecdsa: boolean, refusal: Answer) {
  let asked = 0;
  const enumerated = await enumerateGroups({
    version: TLS_1_2,
    offered: [P256, P384, X25519],
    signs_with_ecdsa,
    async ask(left) {
      asked++;
      const [group] = left;
      if (group === undefined || (signs_with_ecdsa && !left.includes(P256))) return refusal;
      const server_hello = { ...HELLO, cipher_suite: signs_with_ecdsa ? 0xc02b : 0xc02f };
      const flight: ServerFlight = { ...nothing, server_hello, key_exchange: { kind: 'ecdhe', group } };
      return { outcome: 'hello', reason: 'answered', flight };
    },
  });
  return { ...enumerated, asked };
}

describe('groups of a server', () => {
  it('that signs with RSA are asked for once each', async () => {
    const { values, asked } = await found(false, REFUSED);
    assert.deepEqual([values, asked], [[P256, P384, X25519], 3]);
  });

  it('that hangs up where the curve of its certificate is missing are all found', async () => {
    for (const refusal of [REFUSED, HUNG_UP]) {
      const { values, end, asked } = await found(true, refusal);
      assert.deepEqual([values, end], [[P256, P384, X25519], 'refused']);
      // Of each, and of what is left without the curve, once.
      assert.equal(asked, 4);
    }
  });

  it('are not said to be all where no answer came with the curve of its certificate', async () => {
    const late: Answer = { outcome: 'late', reason: 'no answer in time', flight: nothing };
    const server_hello = { ...HELLO, cipher_suite: 0xc02b };
    const flight: ServerFlight = { ...nothing, server_hello, key_exchange: { kind: 'ecdhe', group: P256 } };
    const answers: Answer[] = [{ outcome: 'hello', reason: 'answered', flight }, REFUSED];
    const { values, end } = await enumerateGroups({
      version: TLS_1_2,
      offered: [P256, P384, X25519],
      signs_with_ecdsa: true,
      ask: async () => answers.shift() ?? late,
    });
    assert.deepEqual([values, end], [[P256], 'unknown']);
  });
});
