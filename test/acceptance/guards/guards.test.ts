import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, beforeEach, describe, it } from 'node:test';
import { curl } from '../harness/curl.ts';
import { startGateProcess } from '../harness/gate-process.ts';
import { missingTools } from '../harness/tools.ts';
import { assertRefused, type RestGate, startRestGate } from '../rest/rest-gate.ts';
import type { RestRecord } from '../rest/rest-record.ts';
import { answering } from '../rest/service.ts';

/** A key of AWS's documentation: has the form, opens nothing. */
const CANARY = 'AKIAIOSFODNN7EXAMPLE';
const TRACE = 'failed\n\tat com.acme.Orders.find(Orders.java:42)\n\tat com.acme.Main.main(Main.java:7)';
const JSON_TYPE = { 'content-type': 'application/json' };
const TEXT_TYPE = { 'content-type': 'text/plain' };

const NOTE = `type: object
              properties:
                id: { type: string, format: uuid }
                state: { enum: [open, "' or 1=1"] }
                text: { type: string, maxLength: 2000 }
                short: { type: string, maxLength: 8 }
                contact: { type: string, x-personal-data: { category: contact, purpose: delivery } }
                login: { type: string, format: password }`;

function operation(id: string, more = ''): string {
  return `      operationId: ${id}
${more}      parameters:
        - { name: q, in: query, schema: { type: string } }
        - { name: state, in: query, schema: { enum: [open, closed] } }
        - { name: filter, in: query, content: { application/json: { schema: { type: object, properties: { note: { type: string } } } } } }
        - { name: x-note, in: header, schema: { type: string } }
      requestBody:
        content:
          application/json:
            schema:
              ${NOTE}
          application/x-www-form-urlencoded:
            schema: { type: object, properties: { text: { type: string }, data: { type: object, properties: { note: { type: string } } } } }
            encoding: { data: { contentType: application/json } }
          multipart/form-data:
            schema:
              type: object
              properties:
                text: { type: string }
                data: { type: object, properties: { note: { type: string } } }
                file: { type: string, format: binary }
          text/plain: { schema: { type: string } }
      responses:
        '200':
          description: done
          headers: { X-Hint: { schema: { type: string } } }
          content:
            application/json:
              schema:
                oneOf:
                  - { type: array, items: { type: object, properties: { id: { type: integer } } } }
                  - ${NOTE.replaceAll('\n', '\n      ')}
            text/plain: { schema: { type: string } }
`;
}

const CONTRACT = `openapi: 3.1.0
info: { title: Notes, version: '1' }
paths:
  /notes:
    post:
${operation('createNote')}
  /masked:
    post:
${operation('createMasked', '      x-guards: { secrets: mask, exceptions: mask, personal-data: mask }\n')}
  /reported:
    post:
${operation('createReported', '      x-guards: { secrets: report, exceptions: report, attacks: report }\n')}
  /off:
    post:
${operation('createOff', '      x-guards: { secrets: off, exceptions: off, personal-data: off, volume: off, attacks: off, suspicions: off }\n')}
  /list:
    post:
${operation('createList', '      x-guards: { volume: block }\n')}
`;

interface Guarded {
  readonly guards?: readonly {
    readonly rule: string;
    readonly action: string;
    readonly pointer: string;
    readonly count: number;
  }[];
}

const guardsOf = ({ stored }: RestRecord) => {
  const { guards = [] } = (stored.ocsf as unknown as { unmapped: { sallyport: Guarded } }).unmapped.sallyport;
  return guards.map(({ rule, action, pointer, count }) => `${action} ${rule} ${pointer} ${count}`);
};

describe('guards', { skip: missingTools('curl') }, () => {
  let rest: RestGate;
  const answers = (body: object | string, headers: Record<string, string> = {}) =>
    rest.upstream.answer(
      typeof body === 'string'
        ? answering(200, { ...TEXT_TYPE, ...headers }, body)
        : answering(200, { ...JSON_TYPE, ...headers }, JSON.stringify(body)),
    );
  const post = (path: string, body: object | string = {}, headers: readonly string[] = []) =>
    rest.call(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers });

  before(async () => {
    rest = await startRestGate({ contract: CONTRACT });
  });
  beforeEach(() => {
    answers({});
    rest.upstream.received.length = 0;
  });
  after(() => rest.close());

  it('a secret in an answer is a 502 problem, and the record says where and never what', async () => {
    answers({ text: `the key is ${CANARY}` });
    const answer = await post('/api/notes');
    assert.equal(answer.status, 502);
    const record = await rest.recordOf(answer);
    assert.deepEqual([record.code, record.pointer, record.rule], ['FILTER_LEAK', '/text', 'aws-access-key']);
    assert.deepEqual(guardsOf(record), ['block aws-access-key /text 1']);
    assert.doesNotMatch(JSON.stringify(answer) + JSON.stringify(record.stored.ocsf), new RegExp(CANARY));
  });

  it('a secret in a text body or a declared header of an answer is a 502 problem', async () => {
    for (const [body, headers, pointer] of [
      [`-----BEGIN PRIVATE KEY-----\nMII`, {}, ''],
      [{}, { 'x-hint': `use ${CANARY}` }, 'header/x-hint'],
    ] as const) {
      answers(body, headers);
      const record = await rest.recordOf(await post('/api/notes'));
      assert.deepEqual([record.code, record.pointer], ['FILTER_LEAK', pointer]);
    }
  });

  it('a stack trace in a declared field of an answer is a 502 problem', async () => {
    answers({ text: TRACE });
    const record = await rest.recordOf(await post('/api/notes'));
    assert.deepEqual([record.code, record.rule], ['FILTER_LEAK', 'java-trace']);
  });

  it('what the contract leaves out or declares is no leak', async () => {
    answers({ undeclared: CANARY, login: CANARY, contact: 'jane.doe@acme.ee', state: "' or 1=1" });
    const answer = await post('/api/notes');
    assert.deepEqual(JSON.parse(answer.body), { login: CANARY, contact: 'jane.doe@acme.ee', state: "' or 1=1" });
    assert.deepEqual(guardsOf(await rest.recordOf(answer)), []);
  });

  it('undeclared personal data passes and is on record', async () => {
    answers({ text: 'write to jane.doe@acme.ee or call +372 5123 4567' });
    const answer = await post('/api/notes');
    assert.equal(answer.status, 200);
    assert.deepEqual(guardsOf(await rest.recordOf(answer)), ['report email /text 1', 'report phone /text 1']);
  });

  it('where the contract says mask, what was found is removed and the rest arrives', async () => {
    answers({ text: `a ${CANARY} b jane.doe@acme.ee` });
    const answer = await post('/api/masked');
    assert.deepEqual(JSON.parse(answer.body), { text: 'a [removed] b [removed]' });
    const record = await rest.recordOf(answer);
    assert.deepEqual(guardsOf(record), ['mask aws-access-key /text 1', 'mask email /text 1']);
    answers(`a ${CANARY}\n`);
    assert.equal((await post('/api/masked')).body, 'a [removed]\n');
  });

  it('an answer that would break its contract once masked is a 502 problem', async () => {
    answers({ short: 'a@b.ee' });
    const record = await rest.recordOf(await post('/api/masked'));
    assert.deepEqual([record.code, record.rule], ['FILTER_LEAK', 'mask']);
  });

  it('where the contract says report, it passes and is on record; where it says off, it is not', async () => {
    answers({ text: CANARY });
    const [reported, off] = [await post('/api/reported'), await post('/api/off')];
    assert.deepEqual([reported.status, off.status], [200, 200]);
    assert.deepEqual(guardsOf(await rest.recordOf(reported)), ['report aws-access-key /text 1']);
    assert.deepEqual(guardsOf(await rest.recordOf(off)), []);
  });

  it('SQL in a string of a body, a query, a header, a form and a text is refused before the service', async () => {
    const sql = "x' OR 1=1 --";
    const encoded = encodeURIComponent(sql).replaceAll("'", '%27');
    const form = ['content-type: application/x-www-form-urlencoded'];
    for (const [path, body, headers, pointer] of [
      ['/api/notes', { text: sql }, [], '/text'],
      [`/api/notes?q=${encoded}`, {}, [], 'query/q'],
      ['/api/notes', {}, [`x-note: ${sql}`], 'header/x-note'],
      ['/api/notes', `text=${encoded}`, form, '/text'],
      ['/api/notes', sql, ['content-type: text/plain'], ''],
    ] as const) {
      const refused = {
        status: 422,
        problem: 'invalid',
        code: 'VALIDATE_ATTACK',
        step: 'validate',
        pointer,
        rule: 'attack',
      };
      const record = await assertRefused(rest, await post(path, body, headers), refused);
      assert.ok(guardsOf(record).includes(`block sql-tautology ${pointer} 1`), guardsOf(record).join());
    }
  });

  it('escapes of JSON in a form field or a parameter hide no attack', async () => {
    const hidden = encodeURIComponent('{"note":"x\\u0027 \\u004fR 1=1 --"}');
    const form = ['content-type: application/x-www-form-urlencoded'];
    for (const sent of [post('/api/notes', `data=${hidden}`, form), post(`/api/notes?filter=${hidden}`)]) {
      assert.equal((await rest.recordOf(await sent)).code, 'VALIDATE_ATTACK');
    }
  });

  it('an attack in a part of a multipart body is refused at its place, in text and in JSON', async () => {
    const form = ['content-type: multipart/form-data; boundary=b'];
    const part = (name: string, type: string, value: string) =>
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\nContent-Type: ${type}\r\n\r\n${value}\r\n--b--\r\n`;
    const sql = "x' OR 1=1 --";
    for (const [body, pointer] of [
      [part('text', 'text/plain', sql), '/text'],
      [part('data', 'application/json', JSON.stringify({ note: sql })), '/data'],
      [part('data', 'application/json', '{"note":"x\\u0027 \\u004fR 1=1 --"}'), '/data'],
    ] as const) {
      const record = await rest.recordOf(await post('/api/notes', body, form));
      assert.deepEqual([record.code, record.pointer], ['VALIDATE_ATTACK', pointer]);
      assert.ok(guardsOf(record).includes(`block sql-tautology ${pointer} 1`), guardsOf(record).join());
    }
    const benign = await post('/api/notes', part('file', 'application/octet-stream', sql), form);
    assert.equal(benign.status, 200, 'bytes are not looked at');
  });

  it('the same in a value the contract closes is what the contract says it is', async () => {
    const encoded = encodeURIComponent("x' OR 1=1 --").replaceAll("'", '%27');
    const record = await rest.recordOf(await post(`/api/notes?state=${encoded}`));
    assert.equal(record.code, 'VALIDATE_PARAMETER');
    const passed = await post('/api/notes', { state: "' or 1=1" });
    assert.equal(passed.status, 200);
  });

  it('what may be benign passes and is on record', async () => {
    const answer = await post('/api/notes', { text: 'see http://localhost:3000/' });
    assert.equal(answer.status, 200);
    assert.deepEqual(guardsOf(await rest.recordOf(answer)), ['report internal-address /text 1']);
  });

  it('an answer far larger than usual is refused, also by a gate that was started anew', async () => {
    const own = await startRestGate({ contract: CONTRACT });
    const rows = (count: number) => JSON.stringify(Array.from({ length: count }, (_, id) => ({ id })));
    const list = (port: number) => {
      const args = ['--request', 'POST', '--header', 'content-type: application/json', '--data', '{}'];
      return curl(own.project, port, '/api/list', { as: 'acme-erp', args });
    };
    const file = `${own.project.folder}/data/volumes.json`;
    own.upstream.answer(answering(200, JSON_TYPE, rows(10)));
    for (let turn = 0; turn < 50; turn++) assert.equal((await list(own.gate.port)).status, 200);
    own.upstream.answer(answering(200, JSON_TYPE, rows(5000)));
    const record = await own.recordOf(await list(own.gate.port));
    assert.deepEqual([record.code, record.rule, guardsOf(record)], ['FILTER_VOLUME', 'rows', ['block rows  1']]);

    await own.gate.stop();
    const again = await startGateProcess(own.project);
    assert.equal((await list(again.port)).status, 502);
    await again.stop();

    writeFileSync(file, 'damaged');
    const anew = await startGateProcess(own.project);
    assert.equal((await list(anew.port)).status, 200);
    await anew.stop();
    await own.upstream.close();
    own.project.remove();
  });
});
