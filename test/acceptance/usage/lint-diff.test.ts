import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { DiffView, LintView } from '../../../src/cli/contract-actions.ts';
import { sallyport } from '../harness/cli.ts';
import { makeProject, type Project } from '../harness/project.ts';

let project: Project;
before(async () => {
  project = await makeProject({ upstream_url: 'http://127.0.0.1:9' });
});
after(() => project.remove());

const run = (...args: string[]) => sallyport(project.folder, args);

async function lint(...args: string[]): Promise<LintView> {
  return JSON.parse((await run('contract', 'lint', ...args, '--json')).stdout) as LintView;
}

test('an api is judged by its contract and overlays, each finding where it was written', async () => {
  project.write(
    'contracts/orders.overlay.yaml',
    `overlay: 1.0.0
info: { title: more, version: "1" }
actions:
  - target: $.components.schemas.Order.properties
    update:
      email: { type: string, maxLength: 100 }
`,
  );
  const config = join(project.folder, 'sallyport.yaml');
  const text = readFileSync(config, 'utf8');
  project.write(
    'sallyport.yaml',
    text.replace('    zones: [partner]\n', '    zones: [partner]\n    overlays: [contracts/orders.overlay.yaml]\n'),
  );
  const { contracts } = await lint('orders');
  const found = contracts[0]?.findings.find(({ rule }) => rule === 'personal-data');
  assert.deepEqual([found?.file, found?.line, found?.column], ['contracts/orders.overlay.yaml', 6, 7]);
  const length = contracts[0]?.findings.find(({ rule, pointer }) => rule === 'string-length' && /item$/.test(pointer));
  assert.equal(length?.file, 'contracts/orders.yaml');
});

test('what lint mends passes the gate and is not found again', async () => {
  const file = 'contracts/orders.yaml';
  const before = await lint(file);
  const { exit_code, stdout } = await run('contract', 'lint', file, '--overlay', 'contracts/mends.overlay.yaml');
  assert.equal(exit_code, 1);
  assert.match(stdout, /made contracts\/mends\.overlay\.yaml: \d+ actions, each to be looked at\n$/);
  const config = readFileSync(join(project.folder, 'sallyport.yaml'), 'utf8');
  project.write('sallyport.yaml', config.replace('orders.overlay.yaml', 'mends.overlay.yaml'));
  const after_mends = await lint('orders');
  assert.ok(before.contracts[0]!.findings.some(({ mendable }) => mendable));
  assert.deepEqual(
    after_mends.contracts[0]!.findings.filter(({ mendable }) => mendable),
    [],
  );
  assert.equal((await run('validate')).exit_code, 0);
  const again = await run('contract', 'lint', file, '--overlay', 'contracts/mends.overlay.yaml');
  assert.deepEqual([again.exit_code, /the file is there already/.test(again.stderr)], [2, true]);
});

test('only the rules that are asked for are judged, and unknown ones are told', async () => {
  const { contracts } = await lint('contracts/orders.yaml', '--rule', 'string-length', 'array-length', '--max', '1');
  assert.deepEqual(
    contracts[0]?.rules.map(({ id }) => id),
    ['string-length', 'array-length'],
  );
  assert.equal(contracts[0]?.findings.length, 1);
  const unknown = await run('contract', 'lint', '--rule', 'string-lenght');
  assert.equal(unknown.exit_code, 2);
  assert.match(unknown.stderr, /no rule is named "string-lenght"\n {2}→ did you mean "string-length"\?/);
});

test('a file that is not there, and an api that nobody has, are told', async () => {
  assert.match((await run('contract', 'lint', 'nowhere.yaml')).stderr, /nowhere\.yaml: .*cannot be read/);
  assert.match(
    (await run('contract', 'lint', 'oders')).stderr,
    /no API is named "oders"\n {2}→ did you mean "orders"\?/,
  );
});

test('a version is compared with the api in force', async () => {
  const text = readFileSync(join(project.folder, 'contracts', 'orders.yaml'), 'utf8');
  project.write('old.yaml', text.replace('maximum: 100 }', 'maximum: 50 }'));
  const { exit_code, stdout } = await run('contract', 'diff', 'old.yaml', 'contracts/orders.yaml', '--json');
  assert.equal(exit_code, 1);
  const { changes } = JSON.parse(stdout) as DiffView;
  assert.deepEqual(
    changes.map(({ effect, text: what, where, operations }) => [effect, what, where, operations]),
    [['possible', 'maximum 50 → 100', 'query limit', ['GET /orders']]],
  );
  assert.equal((await run('contract', 'diff', 'contracts/orders.yaml', 'old.yaml')).exit_code, 0);
});

test('a schema that is referred to by its identifier is compared like any other', async () => {
  const text = (max: number) => `openapi: 3.1.0
info: { title: Things, version: "1" }
paths:
  /things:
    post:
      operationId: make
      requestBody: { content: { application/json: { schema: { $ref: "#thing" } } } }
      responses: { "204": { description: made } }
components:
  schemas:
    Thing: { $anchor: thing, type: string, maxLength: ${max} }
`;
  project.write('anchored-old.yaml', text(5));
  project.write('anchored.yaml', text(6));
  const { stdout } = await run('contract', 'diff', 'anchored-old.yaml', 'anchored.yaml', '--json');
  const { changes } = JSON.parse(stdout) as DiffView;
  assert.deepEqual(
    changes.map(({ effect, text: what }) => [effect, what]),
    [['possible', 'maxLength 5 → 6']],
  );
});
