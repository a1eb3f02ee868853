/** Secrets and personal data that pass a gate leave no trace in its records, its output or its refusals. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import type { Answer, Partner } from '../../acceptance/durability/partner.ts';
import { makeSite, type Site } from '../../acceptance/durability/site.ts';
import { curl } from '../../acceptance/harness/curl.ts';
import type { GateProcess } from '../../acceptance/harness/gate-process.ts';
import { outcomesOf } from '../../acceptance/harness/outcomes.ts';
import { missingTools } from '../../acceptance/harness/tools.ts';
import { ORDER } from '../../acceptance/harness/upstream.ts';

/** Each is unlike anything else in a record, and none is allowed to stand there. */
const CANARY = {
  token: 'eyJhbGciOiJub25lIn0canaryTokenQ7x',
  cookie: 'canaryCookieK2p9',
  query: 'canaryQueryV8s1',
  header: 'canaryHeaderT4z',
  body: 'canaryBodyJaneDoeW3',
  body_key: 'canaryKeyjane-doe-F6',
  path: 'canaryPathN5b2',
  path_uuid: '0c0ffee0-cafe-4bad-8dad-ca9a7cafe001',
  method: 'CANARYMETHODR7',
  host: 'canaryhostm4',
  garbage: 'canaryGarbageL9',
  upstream_field: 'canaryUpstreamFieldH1',
  upstream_header: 'canaryUpstreamHeaderD3',
  upstream_error: 'canaryStackTraceG8',
} as const;

type CanaryName = keyof typeof CANARY;

const json = { 'content-type': 'application/json' };
const secret_headers = {
  authorization: `Bearer ${CANARY.token}`,
  cookie: `session=${CANARY.cookie}`,
  'x-api-key': CANARY.token,
  'x-request-tag': CANARY.header,
  'x-forwarded-for': CANARY.host,
  tracestate: `vendor=${CANARY.header}`,
};

function answerWith({ upstream }: Site, answer: (response: ServerResponse) => void): void {
  upstream.answer((_request, response) => {
    response.setHeader('server', CANARY.upstream_header);
    response.setHeader('x-internal', CANARY.upstream_header);
    response.setHeader('set-cookie', `id=${CANARY.upstream_header}`);
    answer(response);
  });
}

/** The upstream says more than it should, in an answer that is let through. */
function talkative(response: ServerResponse): void {
  const order = { ...ORDER, owner: { name: CANARY.upstream_field }, ssn: CANARY.upstream_field };
  response.writeHead(200, json);
  response.end(JSON.stringify({ orders: [order], debug: CANARY.upstream_field }));
}

/** The upstream breaks its contract, and what it says then holds more still. */
const BROKEN: readonly ((response: ServerResponse) => void)[] = [
  (response) =>
    response.writeHead(500, { 'content-type': 'text/plain' }).end(`Error: ${CANARY.upstream_error}\n  at x`),
  (response) => response.writeHead(200, { 'content-type': 'text/html' }).end(`<b>${CANARY.upstream_error}</b>`),
  (response) => response.writeHead(200, { 'content-type': `text/${CANARY.upstream_error}` }).end('x'),
  (response) => response.writeHead(200, json).end(`{"orders": ${CANARY.upstream_error}`),
  (response) => response.writeHead(200, json).end(`{"orders": "${CANARY.upstream_error}"}`),
  (response) => response.writeHead(200, json).end(`{"orders": [{"id": "${CANARY.upstream_error}", "item": "x"}]}`),
  (response) => response.writeHead(200, { ...json, 'x-total': CANARY.upstream_error }).end('{"orders": []}'),
  (response) => response.writeHead(302, { location: `https://${CANARY.upstream_error}.example/` }).end(),
  (response) => response.writeHead(200, { ...json, 'content-encoding': CANARY.upstream_error }).end('x'),
  (response) => {
    response.writeHead(200, { ...json, 'content-length': 1000 });
    response.write(`{"orders": "${CANARY.upstream_error}`);
    setTimeout(() => response.destroy(), 20);
  },
  (response) => void response.socket?.end(`HTTP/1.1 2${CANARY.upstream_error}\r\nx: y\r\n\r\n`),
];

async function allowedCalls(partner: Partner, site: Site): Promise<Answer[]> {
  answerWith(site, talkative);
  const answers = [await partner.call('/api/orders?limit=7', { headers: secret_headers })];
  answerWith(site, (response) => response.writeHead(201, json).end(JSON.stringify(ORDER)));
  const body = JSON.stringify({ item: CANARY.body, quantity: 1 });
  answers.push(await partner.call('/api/orders', { method: 'POST', headers: { ...secret_headers, ...json }, body }));
  answerWith(site, (response) => response.writeHead(200, json).end(JSON.stringify(ORDER)));
  answers.push(await partner.call(`/api/orders/${CANARY.path_uuid}`));
  for (const { status, body: text } of answers) assert.ok(status < 300, text);
  return answers;
}

async function refusedCalls(partner: Partner, stranger: Partner, site: Site): Promise<Answer[]> {
  const client_key = readFileSync(`${site.project.pki}/acme-erp.key`, 'utf8');
  const post = (value: unknown) => ({
    method: 'POST',
    headers: { ...secret_headers, ...json },
    body: typeof value === 'string' ? value : JSON.stringify(value),
  });
  const answers = [
    await partner.call(`/api/orders?access_token=${CANARY.query}`),
    await partner.call(`/api/orders?${CANARY.query}=1`),
    await partner.call(`/api/orders?limit=${CANARY.query}`),
    await partner.call(`/api/orders?limit=1&limit=${CANARY.query}`),
    await partner.call(`/api/orders?party=${CANARY.query}`),
    await partner.call('/api/orders', { headers: { 'x-request-tag': CANARY.header.repeat(3) } }),
    await partner.call(`/api/orders/${CANARY.path}`),
    await partner.call(`/api/${CANARY.path}`),
    await partner.call(`/api/%2e%2e/${CANARY.path}`),
    await partner.call(`/${CANARY.path}?q=${CANARY.query}`),
    await partner.call('/api/orders', { headers: { host: `${CANARY.host}.example` } }),
    await partner.call('/api/orders', post({ item: 7, quantity: CANARY.body })),
    await partner.call('/api/orders', post({ item: 'x', quantity: 1, note: CANARY.body })),
    await partner.call('/api/orders', post({ item: 'x', quantity: 1, party: CANARY.body })),
    await partner.call('/api/orders', post(`{"item":"x","item":"${CANARY.body}"}`)),
    await partner.call('/api/orders', post(`{"item": ${CANARY.body}`)),
    await partner.call('/api/orders', post({ item: 'x', quantity: 1, key: client_key })),
    await partner.call('/api/orders', post(`${client_key}`)),
    await partner.call('/api/orders', {
      method: 'POST',
      headers: { 'content-type': `text/${CANARY.header}` },
      body: CANARY.body,
    }),
    await stranger.call(`/api/orders/${CANARY.path_uuid}`, { method: 'DELETE', headers: secret_headers }),
  ];
  for (const { status, body } of answers) assert.ok(status >= 400 && status < 500, `${status} ${body}`);
  for (const broken of BROKEN) {
    answerWith(site, broken);
    const answer = await partner.call('/api/orders', { headers: secret_headers });
    assert.equal(answer.status, 502, answer.body);
    answers.push(answer);
  }
  return answers;
}

/** Bytes that are no request, on a connection that proved its machine. */
async function garbage({ project }: Site, { port }: GateProcess, bytes: string): Promise<string> {
  const socket = connect({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    ca: readFileSync(`${project.pki}/gate-ca.pem`),
    cert: readFileSync(`${project.pki}/acme-erp.pem`),
    key: readFileSync(`${project.pki}/acme-erp.key`),
  });
  socket.on('error', () => undefined);
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  const closed = once(socket, 'close');
  await once(socket, 'secureConnect');
  socket.write(bytes);
  await closed;
  return text;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** All forms in which the value could have been kept. */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const digest = createHash('sha256').update(bytes).digest();
  return [value, bytes.toString('hex'), bytes.toString('base64url').slice(0, -2), digest.toString('hex')];
}

function absent(where: string, text: string, names: readonly CanaryName[]): void {
  const lower = text.toLowerCase();
  for (const name of names) {
    for (const form of formsOf(CANARY[name])) {
      assert.ok(!lower.includes(form.toLowerCase()), `${name} (${form}) stands in ${where}`);
    }
  }
}

/** Base64 lines of a PEM file, without the first: short DER prefixes are alike in all. */
const pemLines = (path: string): string[] =>
  readFileSync(path, 'latin1')
    .split('\n')
    .filter((line) => line.length >= 40 && !line.startsWith('-----'));

const EVERY = Object.keys(CANARY) as CanaryName[];

test('no secret and no personal data of an exchange stands in the records, the output or an answer', {
  skip: missingTools('curl'),
}, async (context) => {
  const site = await makeSite(context);
  const { project } = site;
  const gate = await site.start();
  const partner = site.partner(gate);
  const answers = [
    ...(await allowedCalls(partner, site)),
    ...(await refusedCalls(partner, site.partner(gate, { as: 'globex-reports' }), site)),
  ];
  const texts = answers.map(({ status, headers, body }) => `${status} ${JSON.stringify(headers)} ${body}`);
  answerWith(site, talkative);
  for (const args of [['--http2'], ['--http1.1']]) {
    const told = await curl(project, gate.port, '/api/orders', {
      args: [...args, '--request', CANARY.method, '--header', `authorization: Bearer ${CANARY.token}`],
    });
    texts.push(`${told.status} ${JSON.stringify(told.headers)} ${told.body}`);
    const nobody = await curl(project, gate.port, `/api/${CANARY.path}`, {
      as: null,
      args: [...args, '--header', `authorization: Bearer ${CANARY.token}`],
    });
    assert.equal(nobody.status, 401);
    texts.push(nobody.body);
  }
  for (const bytes of [
    `${CANARY.garbage}\r\n\r\n`,
    `GET /api/orders HTTP/1.1\r\nhost: localhost\r\nx ${CANARY.garbage}: 1\r\n\r\n`,
    `POST /api/orders HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${CANARY.garbage}\r\n\r\n`,
    `GET /api/orders HTTP/1.1\r\nhost: localhost\r\nupgrade: ${CANARY.garbage}\r\nconnection: upgrade\r\n\r\n`,
  ]) {
    texts.push(await garbage(site, gate, bytes));
  }
  assert.equal(await gate.stop(), 0);

  assert.ok((await outcomesOf(project)).length > answers.length);
  const kept = filesBelow(join(project.folder, 'data')).map((path) => [path, readFileSync(path, 'latin1')] as const);
  const seen = [...kept, ['the output', gate.output()] as const];
  for (const [where, text] of seen) absent(where, text, EVERY);
  for (const [index, text] of texts.entries()) absent(`answer ${index}: ${text.slice(0, 200)}`, text, EVERY);
  for (const name of ['acme-erp.pem', 'acme-erp.key', 'gate.key', 'globex-reports.pem']) {
    for (const line of pemLines(join(project.pki, name))) {
      for (const [where, text] of seen) assert.ok(!text.includes(line), `${name} stands in ${where}`);
      for (const text of texts) assert.ok(!text.includes(line), `${name} stands in an answer`);
    }
  }
});

test('a field the contract does not declare is named to the caller, and to nobody else', async (context) => {
  const site = await makeSite(context);
  const gate = await site.start();
  const partner = site.partner(gate);
  const names = [
    CANARY.body_key,
    `\u001b[2J${CANARY.body_key}`,
    `a\n00:00:00.000  ${CANARY.body_key} allowed`,
    '4111111111111111',
  ];
  for (const name of names) {
    const body = JSON.stringify({ item: 'x', quantity: 1, [name]: { quantity: 1 } });
    const answer = await partner.call('/api/orders', { method: 'POST', headers: json, body });
    assert.equal(answer.status, 422);
    assert.equal(JSON.parse(answer.body).errors[0].pointer, `/${name}`);
    const repeated = `{"item":"x","quantity":1,${JSON.stringify(name)}:1,${JSON.stringify(name)}:1}`;
    assert.equal((await partner.call('/api/orders', { method: 'POST', headers: json, body: repeated })).status, 400);
  }
  assert.equal(await gate.stop(), 0);
  const refused = (await outcomesOf(site.project)).filter(({ verdict }) => verdict === 'refused');
  assert.deepEqual(new Set(refused.map(({ pointer }) => pointer)), new Set(['/*']));
  absent('the output', gate.output(), ['body_key']);
  for (const free_text of ['\u001b', '4111']) assert.ok(!gate.output().includes(free_text));
});

test('what the partner proved about itself never reaches the upstream as it was sent', async (context) => {
  const site = await makeSite(context);
  const gate = await site.start();
  answerWith(site, talkative);
  await site.partner(gate).call('/api/orders', { headers: secret_headers });
  const [received] = site.upstream.received;
  const text = JSON.stringify(received);
  absent('the request to the upstream', text, ['token', 'cookie', 'host']);
  assert.equal(received?.headers['x-request-tag'], CANARY.header, 'declared, so it passes');
  assert.equal(received?.headers['tracestate'], undefined);
  assert.equal(await gate.stop(), 0);
});
