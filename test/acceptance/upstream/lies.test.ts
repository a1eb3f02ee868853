import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { type CurlAnswer, curl } from '../harness/curl.ts';
import { type GateProcess, startGateProcess } from '../harness/gate-process.ts';
import { outcomeOf, outcomesOf } from '../harness/outcomes.ts';
import { makeProject, type Project } from '../harness/project.ts';
import { message, type RawUpstream, startRawUpstream, type Turn } from '../harness/raw-upstream.ts';
import { missingTools } from '../harness/tools.ts';
import { ORDER } from '../harness/upstream.ts';

/** Stands in every answer that must not get through. */
const SECRET = 'at-com.acme.Orders-line-42';
const JSON_TYPE = { 'content-type': 'application/json' };
const CHUNKED = `HTTP/1.1 200 Answer\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n`;

type Method = 'GET' | 'POST';

interface Lie {
  readonly what: string;
  /** What is written; the connection is closed after it where `closes` says so. */
  readonly bytes: (method: Method) => string;
  readonly closes?: boolean;
  readonly status: number;
  readonly code: string;
  /** Where a GET is sent again, as nothing of an answer came. */
  readonly attempts?: number;
}

const right = (method: Method) => JSON.stringify(method === 'POST' ? ORDER : { orders: [ORDER] });
const right_status = (method: Method) => (method === 'POST' ? 201 : 200);

const LIES: readonly Lie[] = [
  { what: 'never answers', bytes: () => '', status: 504, code: 'FORWARD_LATE', attempts: 2 },
  {
    what: 'stops in the middle of its body',
    bytes: () => `HTTP/1.1 200 Answer\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"${SECRET}`,
    status: 504,
    code: 'FORWARD_LATE',
  },
  {
    what: 'stops in the middle of its header section',
    bytes: () => `HTTP/1.1 200 Answer\r\nx-trace: ${SECRET}`,
    status: 504,
    code: 'FORWARD_LATE',
  },
  {
    what: 'sends interim answers and then nothing',
    bytes: () => 'HTTP/1.1 103 Early\r\n\r\n'.repeat(50),
    status: 504,
    code: 'FORWARD_LATE',
  },
  // The first time on a connection that was idle, which may have been closed for that alone, so it does not count.
  { what: 'closes without an answer', bytes: () => '', closes: true, status: 502, code: 'FORWARD_BROKEN', attempts: 3 },
  {
    // RFC 9110 section 15.2.1 lets a client pass over it; the HTTP client in use does not.
    what: 'sends 100 Continue unasked',
    bytes: (method) => `HTTP/1.1 100 Continue\r\n\r\n${message(right_status(method), JSON_TYPE, right(method))}`,
    status: 502,
    code: 'FORWARD_PROTOCOL',
  },
  {
    what: 'closes before the length it gave',
    bytes: () => `HTTP/1.1 200 Answer\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n{"${SECRET}":1}`,
    closes: true,
    status: 502,
    code: 'FORWARD_BROKEN',
  },
  {
    what: 'sends more than the length it gave',
    bytes: (method) => `${message(right_status(method), JSON_TYPE, right(method))}${SECRET}`,
    status: 502,
    code: 'FORWARD_PROTOCOL',
  },
  {
    what: 'gives two lengths',
    bytes: (method) => message(right_status(method), { ...JSON_TYPE, 'Content-Length': '3' }, right(method)),
    status: 502,
    code: 'FORWARD_PROTOCOL',
  },
  {
    what: 'gives one length twice',
    bytes: (method) => {
      const body = right(method);
      return message(right_status(method), { ...JSON_TYPE, 'Content-Length': String(body.length) }, body);
    },
    status: 502,
    code: 'FORWARD_PROTOCOL',
  },
  {
    what: 'gives a length beside chunks',
    bytes: (method) => message(right_status(method), { ...JSON_TYPE, 'transfer-encoding': 'chunked' }, right(method)),
    status: 502,
    code: 'FORWARD_PROTOCOL',
  },
  {
    what: 'gives no length and closes at the end',
    bytes: (method) => `HTTP/1.1 200 Answer\r\ncontent-type: application/json\r\n\r\n${right(method)}`,
    closes: true,
    status: 502,
    code: 'FORWARD_PROTOCOL',
  },
  {
    what: 'breaks off between chunks',
    bytes: () => `${CHUNKED}\r\n5\r\n{"a":\r\n`,
    closes: true,
    status: 502,
    code: 'FORWARD_BROKEN',
  },
  {
    what: 'sends a chunk of no size',
    bytes: () => `${CHUNKED}\r\n${SECRET}\r\n`,
    status: 502,
    code: 'FORWARD_PROTOCOL',
  },
  {
    what: 'switches protocols',
    bytes: () => `HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n${SECRET}`,
    status: 502,
    code: 'FORWARD_PROTOCOL',
  },
  {
    what: 'sends a giant header section',
    bytes: (method) => message(right_status(method), { ...JSON_TYPE, 'x-big': SECRET.repeat(2000) }, right(method)),
    status: 502,
    code: 'FORWARD_PROTOCOL',
  },
  {
    what: 'sends what is not HTTP',
    bytes: () => `\x16\x03\x01${SECRET}\r\n\r\n`,
    status: 502,
    code: 'FORWARD_PROTOCOL',
  },
  {
    what: 'says that it compressed and did not',
    bytes: (method) => message(right_status(method), { ...JSON_TYPE, 'content-encoding': 'gzip' }, SECRET),
    status: 502,
    code: 'FILTER_DECOMPRESSION',
  },
  {
    what: 'redirects',
    bytes: () => message(302, { location: `https://inner.example/${SECRET}` }, ''),
    status: 502,
    code: 'FILTER_STATUS',
  },
  {
    what: 'answers with a stack trace',
    bytes: () => message(500, { 'content-type': 'text/html', server: SECRET }, `<pre>Error: ${SECRET}</pre>`),
    status: 502,
    code: 'FILTER_STATUS',
  },
  {
    what: 'answers with HTML under a declared status',
    bytes: (method) => message(right_status(method), { 'content-type': 'text/html' }, `<pre>${SECRET}</pre>`),
    status: 502,
    code: 'FILTER_MEDIA_TYPE',
  },
  {
    what: 'answers with what is not JSON',
    bytes: (method) => message(right_status(method), JSON_TYPE, `{"${SECRET}"`),
    status: 502,
    code: 'FILTER_JSON',
  },
  {
    what: 'answers with what breaks the schema',
    bytes: (method) => message(right_status(method), JSON_TYPE, JSON.stringify({ id: SECRET, orders: SECRET })),
    status: 502,
    code: 'FILTER_SCHEMA',
  },
  {
    what: 'answers with more than is allowed',
    bytes: (method) => message(right_status(method), JSON_TYPE, `"${SECRET.repeat(1000)}"`),
    status: 502,
    code: 'FILTER_BODY_TOO_LARGE',
  },
];

describe('an upstream that', { skip: missingTools('curl') }, () => {
  let upstream: RawUpstream;
  let project: Project;
  let gate: GateProcess;

  const honest = ({ method, socket }: Turn): void => {
    const as = method as Method;
    socket.write(message(right_status(as), JSON_TYPE, right(as)));
  };

  before(async () => {
    upstream = await startRawUpstream();
    project = await makeProject({
      upstream_url: upstream.url,
      // Each lie is to be seen by itself: 100 % keeps the breaker closed.
      upstream_more:
        '      timeouts: { response: 200ms, idle: 200ms }\n      breaker: { share: 100% }\n    limits: { response: 16KiB }',
    });
    gate = await startGateProcess(project);
  });
  after(async () => {
    await gate.stop();
    await upstream.close();
    project.remove();
  });

  const call = (method: Method): Promise<CurlAnswer> => {
    const body = ['-H', 'content-type: application/json', '--data', '{"item":"bolt","quantity":3}'];
    return curl(project, gate.port, '/api/orders', { args: method === 'POST' ? body : [] });
  };

  for (const { what, bytes, closes = false, status, code, attempts = 1 } of LIES) {
    for (const method of ['GET', 'POST'] as const) {
      it(`${what} gives a ${status} for ${method}, recorded as ${code}, and nothing of it gets through`, async () => {
        upstream.answer(({ socket }) => {
          socket.write(bytes(method), 'latin1');
          if (closes) socket.end();
        });
        const turns_before = upstream.turns.length;
        const answer = await call(method);
        assert.equal(answer.status, status, answer.error);
        assert.equal(answer.headers['content-type'], 'application/problem+json');
        assert.doesNotMatch(JSON.stringify(answer), new RegExp(SECRET));
        const outcome = await outcomeOf(project, answer.headers['sallyport-exchange']);
        assert.equal(outcome.code, code);
        assert.equal(outcome.status, status);
        // A GET may be sent again where nothing of an answer came, a POST never.
        assert.equal(upstream.turns.length - turns_before, method === 'GET' ? attempts : 1);
        upstream.answer(honest);
        assert.equal((await call('GET')).status, 200);
      });
    }
  }

  it('sends interim answers before the final one is heard out', async () => {
    for (const method of ['GET', 'POST'] as const) {
      upstream.answer((turn) => {
        turn.socket.write('HTTP/1.1 102 P\r\n\r\nHTTP/1.1 103 E\r\nlink: </x>\r\n\r\n');
        honest(turn);
      });
      const answer = await call(method);
      assert.equal(answer.status, right_status(method));
      assert.equal(answer.headers['link'], undefined);
    }
  });

  it('broke its contract left an account with status and place, but no value, on record', async () => {
    const all = await outcomesOf(project);
    const of = (code: string) => all.filter((outcome) => outcome.code === code);
    assert.deepEqual(
      of('FILTER_STATUS').map(({ upstream: far }) => far?.status),
      [302, 302, 500, 500],
    );
    for (const { pointer } of of('FILTER_SCHEMA')) assert.match(pointer ?? '', /^\/?/);
    for (const name of readdirSync(`${project.folder}/data/audit`)) {
      assert.doesNotMatch(readFileSync(`${project.folder}/data/audit/${name}`, 'latin1'), new RegExp(SECRET));
    }
    assert.doesNotMatch(gate.output(), new RegExp(SECRET));
    assert.doesNotMatch(gate.output(), /defect/);
  });

  it('had a POST has an intent and one outcome for it on record', async () => {
    const all = await outcomesOf(project);
    const posts = all.filter(({ kind, method }) => kind === 'outcome' && method === 'POST');
    assert.equal(posts.length, LIES.length + 1);
    for (const { exchange_id } of posts) {
      const kinds = all.filter((record) => record.exchange_id === exchange_id).map(({ kind }) => kind);
      assert.deepEqual(kinds, ['intent', 'outcome']);
    }
  });
});
