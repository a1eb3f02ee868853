import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { curl } from '../harness/curl.ts';
import { type GateProcess, startGateProcess } from '../harness/gate-process.ts';
import { outcomeOf } from '../harness/outcomes.ts';
import { makeProject, type Project } from '../harness/project.ts';
import { missingTools } from '../harness/tools.ts';

const CONTRACT = `openapi: 3.1.0
info: { title: Styles, version: '1' }
paths:
  /points/{at}/{ref}:
    get:
      operationId: points
      parameters:
        - { name: at, in: path, required: true, style: matrix, explode: true, schema: { type: object, properties: { x: { type: integer }, y: { type: integer } } } }
        - { name: ref, in: path, required: true, x-encoded-slash: true, schema: { type: string } }
        - { name: filter, in: query, style: deepObject, schema: { type: object, properties: { size: { type: integer }, tags: { type: array, items: { type: string } } } } }
        - { name: X-Range, in: header, explode: true, schema: { type: object, properties: { from: { type: integer }, to: { type: integer } } } }
        - { name: session, in: cookie, required: true, schema: { type: string, pattern: '^[a-z]+$' } }
        - { name: seen, in: cookie, schema: { type: integer } }
      responses:
        '200':
          description: what arrived
          content: { application/json: { schema: { type: object, additionalProperties: true } } }
`;

describe('parameters of every place and style', { skip: missingTools('curl') }, () => {
  let project: Project;
  let gate: GateProcess;
  const service = createServer(({ url, headers }, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ url, cookie: headers.cookie, range: headers['x-range'] }));
  });
  before(async () => {
    service.listen(0, '127.0.0.1');
    await once(service, 'listening');
    const upstream_url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    project = await makeProject({ upstream_url, contract: CONTRACT });
    gate = await startGateProcess(project);
  });
  after(async () => {
    await gate?.kill();
    project?.remove();
    service.close();
    service.closeAllConnections();
  });

  for (const version of ['1.1', '2']) {
    const call = (path: string, ...headers: string[]) =>
      curl(project, gate.port, path, {
        args: [`--http${version}`, '--globoff', '--path-as-is', ...headers.flatMap((header) => ['--header', header])],
      });

    it(`arrive over HTTP/${version} in their canonical form`, async () => {
      const answer = await call(
        '/api/points/;y=%32;x=1/main%2fdocs?filter[tags][]=a&filter[size]=3',
        'X-Range: to=9, from=1',
        'Cookie: seen=4; session=abc',
      );
      assert.equal(answer.status, 200, answer.body);
      assert.deepEqual(JSON.parse(answer.body), {
        url: '/points/;y=2;x=1/main%2Fdocs?filter%5Btags%5D%5B%5D=a&filter%5Bsize%5D=3',
        cookie: 'session=abc; seen=4',
        range: 'to=9,from=1',
      });
    });

    const refused: [what: string, path: string, cookie: string, code: string][] = [
      ['an undeclared cookie', '/api/points/;x=1/a', 'session=abc; theme=dark', 'VALIDATE_PARAMETER_UNDECLARED'],
      ['a cookie that stands twice', '/api/points/;x=1/a', 'session=abc; session=abc', 'VALIDATE_PARAMETER_REPEATED'],
      ['a missing cookie', '/api/points/;x=1/a', 'seen=1', 'VALIDATE_PARAMETER_MISSING'],
      ['a member that is not declared', '/api/points/;z=1/a', 'session=abc', 'VALIDATE_PARAMETER'],
      ['an encoded slash where none may be', '/api/points/;x=1%2F2/a', 'session=abc', 'MATCH_PATH'],
      ['an array with gaps', '/api/points/;x=1/a?filter[tags][1]=a', 'session=abc', 'VALIDATE_PARAMETER'],
    ];
    for (const [what, path, cookie, code] of refused) {
      it(`${what} over HTTP/${version} is refused and recorded as ${code}`, async () => {
        const answer = await call(path, `Cookie: ${cookie}`);
        assert.equal(answer.status, code === 'MATCH_PATH' ? 404 : 422, answer.body);
        assert.equal((await outcomeOf(project, answer.headers['sallyport-exchange'])).code, code);
      });
    }
  }
});
