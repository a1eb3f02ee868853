import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { missingTools } from '../harness/tools.ts';
import { ORDER, type Received } from '../harness/upstream.ts';
import { type Call, HTTP_VERSIONS, type RestGate, startRestGate } from './rest-gate.ts';
import { recordsAbout } from './rest-record.ts';
import { restService } from './service.ts';

/** What a client may say about itself or about others, in the words proxies and frameworks trust. */
const CLAIMS = [
  'X-Forwarded-For: 203.0.113.7',
  'X-Forwarded-Host: evil.example',
  'X-Forwarded-Proto: http',
  'Forwarded: for=203.0.113.7;proto=http',
  'X-Real-IP: 203.0.113.7',
  'X-Client-Cert: MIIclaim',
  'X-SSL-Client-DN: CN=admin',
  'X-Original-URL: /admin',
  'X-HTTP-Method-Override: DELETE',
  'X-User: claim-admin',
  'Sallyport-Party: claim-globex',
  'Sallyport-Machine: claim-globex-reports',
  'Sallyport-Exchange: claim-00000000',
  'Via: 1.1 claim.example',
  'Cookie: session=claim',
  'Authorization: Bearer claim.claim.claim',
  'Proxy-Authorization: Basic claim',
  'Connection: X-Named, keep-alive',
  'X-Named: claim',
  'TE: trailers',
  'Accept-Encoding: gzip',
  'Range: bytes=0-1',
  'User-Agent: claim/1.0',
  'tracestate: claim=1',
  'baggage: claim=1',
];

/** Everything a request to the service may hold; nothing else is sent. */
const OURS = [
  'host',
  'user-agent',
  'accept-encoding',
  'traceparent',
  'forwarded',
  'sallyport-exchange',
  'sallyport-party',
  'sallyport-machine',
  'accept',
  'content-type',
  'content-length',
  'connection',
];

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const POST: Call = { method: 'POST', body: JSON.stringify({ item: 'bolt', quantity: 1 }) };

/** The kinds of record that are on disk for an exchange, read without the gate's help. */
function kindsOnDisk(folder: string, exchange_id: string): string[] {
  const audit = join(folder, 'data', 'audit');
  const segments = readdirSync(audit).filter((name) => name.endsWith('.ndjson'));
  const lines = segments.flatMap((name) => readFileSync(join(audit, name), 'utf8').split('\n'));
  const about = lines.filter((line) => line.includes(`"correlation_uid":"${exchange_id}"`));
  return about.map(
    (line) => (JSON.parse(line) as { unmapped: { sallyport: { record: string } } }).unmapped.sallyport.record,
  );
}

describe('forward', { skip: missingTools('curl') }, () => {
  let rest: RestGate;
  before(async () => {
    rest = await startRestGate();
  });
  after(() => rest.close());

  for (const http of HTTP_VERSIONS) {
    it(`identity, forwarding, hop-by-hop and credential fields of a client never reach the service over HTTP/${http}`, async () => {
      const claims = http === '2' ? CLAIMS.filter((line) => !/^(Connection|TE):/.test(line)) : CLAIMS;
      const answer = await rest.call('/api/orders', {
        ...POST,
        http,
        headers: [...claims, 'content-type: application/json'],
      });
      assert.equal(answer.status, 201, answer.body);
      const { raw_headers } = rest.onlyReceived();
      assert.doesNotMatch(raw_headers.join('\n'), /claim|203\.0\.113|evil|admin|bytes=/i);
      const names = raw_headers.filter((_text, index) => index % 2 === 0).map((name) => name.toLowerCase());
      assert.deepEqual(
        names.filter((name) => !OURS.includes(name)),
        [],
      );
      assert.equal(new Set(names).size, names.length, 'a field stands twice');
    });

    it(`the gate says over HTTP/${http} who calls, from where and in which exchange`, async () => {
      const answer = await rest.call('/api/orders', { http, as: 'globex-reports' });
      assert.equal(answer.status, 200, answer.body);
      const { headers } = rest.onlyReceived();
      assert.equal(headers['sallyport-party'], 'globex');
      assert.equal(headers['sallyport-machine'], 'globex-reports');
      assert.equal(headers['sallyport-exchange'], answer.headers['sallyport-exchange']);
      assert.equal(headers['forwarded'], 'for=127.0.0.1;host=localhost;proto=https');
      assert.equal(headers['host'], new URL(rest.upstream.url).host);
      assert.equal(headers['accept-encoding'], 'identity');
    });

    it(`a trace is carried on over HTTP/${http}, with a span of the gate's own, and stands on the record`, async () => {
      const headers = [`traceparent: 00-${TRACE}-${PARENT}-01`];
      const answer = await rest.call('/api/orders', { http, headers });
      const sent = /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/.exec(String(rest.onlyReceived().headers['traceparent']));
      assert.equal(sent?.[1], TRACE);
      assert.notEqual(sent?.[2], PARENT);
      assert.equal((await rest.recordOf(answer)).trace_id, TRACE);
    });

    for (const { what, headers } of [
      { what: 'no trace', headers: [] },
      { what: 'a malformed trace', headers: ['traceparent: 00-zz-zz-01'] },
      { what: 'a trace of zeros', headers: [`traceparent: 00-${'0'.repeat(32)}-${PARENT}-01`] },
      {
        what: 'two traces',
        headers: [`traceparent: 00-${TRACE}-${PARENT}-01`, `traceparent: 00-${TRACE}-${PARENT}-00`],
      },
    ]) {
      it(`${what} starts a new one over HTTP/${http}, which stands on the record`, async () => {
        const answer = await rest.call('/api/orders', { http, headers });
        assert.equal(answer.status, 200, answer.body);
        const sent = /^00-([0-9a-f]{32})-[0-9a-f]{16}-00$/.exec(String(rest.onlyReceived().headers['traceparent']));
        assert.ok(sent && sent[1] !== TRACE && !/^0+$/.test(sent[1]!));
        assert.equal((await rest.recordOf(answer)).trace_id, sent[1]);
      });
    }
  }

  const unsafe: readonly { method: string; path: string; call: Call; status: number }[] = [
    { method: 'POST', path: '/api/orders', call: POST, status: 201 },
    { method: 'DELETE', path: `/api/orders/${ORDER.id}`, call: { method: 'DELETE' }, status: 204 },
  ];
  for (const { method, path, call, status } of unsafe) {
    it(`the intent of a ${method} is on disk before the service is called, its outcome after`, async () => {
      const seen = Promise.withResolvers<string[]>();
      rest.upstream.answer((request: Received, response) => {
        seen.resolve(kindsOnDisk(rest.project.folder, String(request.headers['sallyport-exchange'])));
        restService(request, response);
      });
      const answer = await rest.call(path, call);
      rest.upstream.answer(restService);
      assert.equal(answer.status, status, answer.body);
      rest.onlyReceived();
      assert.deepEqual(await seen.promise, ['intent']);
      const about = await recordsAbout(rest.project, answer.headers['sallyport-exchange']!);
      assert.deepEqual(
        about.map(({ kind }) => kind),
        ['intent', 'outcome'],
      );
    });
  }

  it('a GET writes no intent', async () => {
    const answer = await rest.call('/api/orders');
    rest.onlyReceived();
    const about = await recordsAbout(rest.project, answer.headers['sallyport-exchange']!);
    assert.deepEqual(
      about.map(({ kind }) => kind),
      ['outcome'],
    );
  });

  it('an unsafe call that is refused before it is sent writes no intent', async () => {
    const answer = await rest.call('/api/orders', { ...POST, as: 'globex-reports' });
    assert.equal(answer.status, 403);
    const about = await recordsAbout(rest.project, answer.headers['sallyport-exchange']!);
    assert.deepEqual(
      about.map(({ kind }) => kind),
      ['outcome'],
    );
  });

  it('a service that cannot be reached is a 502 problem, recorded as FORWARD_UNREACHABLE', async () => {
    const lonely = await startRestGate();
    try {
      await lonely.upstream.close();
      const answer = await lonely.call('/api/orders');
      const record = await lonely.recordOf(answer);
      assert.equal(answer.status, 502);
      assert.equal(JSON.parse(answer.body).type, 'urn:sallyport:problem:bad-upstream');
      assert.deepEqual([record.code, record.step], ['FORWARD_UNREACHABLE', 'forward']);
      assert.ok(!answer.body.includes(new URL(lonely.upstream.url).port), 'the address of the service was told');
    } finally {
      await lonely.gate.stop();
      lonely.project.remove();
    }
  });
});
