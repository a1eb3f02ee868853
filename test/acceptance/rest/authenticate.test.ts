import assert from 'node:assert/strict';
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { createDevelopmentCa } from '../../../src/core/trust/dev-ca.ts';
import { missingTools } from '../harness/tools.ts';
import { assertRefused, HTTP_VERSIONS, type RestGate, startRestGate } from './rest-gate.ts';

const DAY_MS = 86_400_000;
const STRANGERS: readonly { what: string; file: string | null; code: string }[] = [
  { what: 'no certificate', file: null, code: 'AUTHN_NONE' },
  { what: 'a certificate of another CA with the right name', file: 'other-ca', code: 'AUTHN_CERT_UNKNOWN_ISSUER' },
  { what: 'a name that no machine has', file: 'stranger', code: 'AUTHN_MACHINE_UNKNOWN' },
  { what: 'an expired certificate', file: 'expired', code: 'AUTHN_CERT_EXPIRED' },
];

describe('authenticate', { skip: missingTools('curl') }, () => {
  let rest: RestGate;
  before(async () => {
    const now_ms = Date.now();
    const other = await createDevelopmentCa({ name: 'Another CA', days: 30, now_ms, random: (n) => randomBytes(n) });
    rest = await startRestGate({
      async prepare({ issueClient }) {
        await issueClient({ file: 'other-ca', uri: 'spiffe://acme.example/erp', ca: other });
        await issueClient({ file: 'stranger', uri: 'spiffe://acme.example/unknown' });
        const at = now_ms - 20 * DAY_MS;
        await issueClient({ file: 'expired', uri: 'spiffe://acme.example/erp', days: 5, now_ms: at });
      },
    });
  });
  after(() => rest.close());

  const thumbprintOf = (file: string) => {
    const certificate = new X509Certificate(readFileSync(`${rest.project.pki}/${file}.pem`));
    return createHash('sha256').update(certificate.raw).digest('hex');
  };

  for (const http of HTTP_VERSIONS) {
    for (const { what, file, code } of STRANGERS) {
      it(`${what} over HTTP/${http} is refused with 401 and recorded as ${code}`, async () => {
        const answer = await rest.call('/api/orders', { as: file, http });
        const expected = { status: 401, problem: 'not-authenticated', code, step: 'authenticate' };
        const record = await assertRefused(rest, answer, expected);
        assert.equal(answer.http_version, http);
        assert.deepEqual([record.machine, record.party, record.path_template], [null, null, null]);
        assert.equal(record.credential, file === null ? null : thumbprintOf(file));
      });
    }

    it(`a machine over HTTP/${http} is let in and named on its record, with credential, source and TLS facts`, async () => {
      const answer = await rest.call('/api/orders', { http });
      assert.equal(answer.status, 200, answer.body);
      rest.onlyReceived();
      const record = await rest.recordOf(answer);
      assert.deepEqual([record.machine, record.party, record.zone], ['acme-erp', 'acme', 'partner']);
      assert.equal(record.credential, thumbprintOf('acme-erp'));
      assert.equal(record.source.ip, '127.0.0.1');
      assert.ok(record.source.port > 0);
      assert.equal(record.tls.version, 'TLSv1.3');
      assert.match(record.tls.cipher, /^TLS_(AES|CHACHA20)/);
      assert.equal(record.tls.sni, 'localhost');
      assert.equal(record.tls.alpn, http === '2' ? 'h2' : 'http/1.1');
      assert.match(record.tls.ja4, /^t13d\d{4}(h1|h2)_[0-9a-f]{12}_[0-9a-f]{12}$/);
      assert.ok(record.tls.offered_groups.includes('x25519'), String(record.tls.offered_groups));
      assert.equal(record.tls.resumed, false);
    });
  }

  it('every stranger gets the same answer, so that the difference tells nothing', async () => {
    const answers = await Promise.all(STRANGERS.map(({ file }) => rest.call('/api/orders', { as: file })));
    const shapes = answers.map(({ status, headers, body }) => {
      const id = headers['sallyport-exchange']!;
      const { date, ...others } = headers;
      assert.ok(date);
      return JSON.stringify([status, others, body]).replaceAll(id, 'ID');
    });
    assert.equal(new Set(shapes).size, 1, shapes.join('\n'));
  });

  it('an undeclared path tells a stranger no more than a declared one', async () => {
    const answer = await rest.call('/api/nothing-here', { as: null });
    await assertRefused(rest, answer, {
      status: 401,
      problem: 'not-authenticated',
      code: 'AUTHN_NONE',
      step: 'authenticate',
    });
  });
});
