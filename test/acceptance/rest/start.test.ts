import assert from 'node:assert/strict';
import { chmodSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { sallyport } from '../harness/cli.ts';
import { forgeNow, forgeRoot, replaceServer } from '../harness/identities.ts';
import { untilOutcome } from '../harness/outcomes.ts';
import { makeProject, type Project } from '../harness/project.ts';
import { REST_CONTRACT } from './contract.ts';
import { startRestGate } from './rest-gate.ts';

const UPSTREAM = 'http://127.0.0.1:9';

/** Runs `validate` on a project that is right but for one thing, and gives what it said and its exit code. */
async function validate(spoil: (project: Project) => Promise<void> | void, upstream_url = UPSTREAM): Promise<string> {
  const project = await makeProject({ upstream_url, contract: REST_CONTRACT });
  try {
    await spoil(project);
    const run = await sallyport(project.folder, ['validate']);
    return `${run.exit_code} ${run.stderr}`;
  } finally {
    project.remove();
  }
}

describe('a start', () => {
  let good: string;
  before(async () => {
    good = await validate(() => undefined);
  });

  it('is right with the project the others spoil', () => assert.match(good, /^0 /));

  it('is refused with an upstream in clear outside loopback, by address and by name', async () => {
    const [address, name] = await Promise.all([
      validate(() => undefined, 'http://192.0.2.1:8080'),
      validate(() => undefined, 'http://localhost:8080'),
    ]);
    assert.match(address, /^2 sallyport\.yaml:\d+:\d+: CONFIG_VALUE apis\.orders\.upstream\.url/);
    assert.match(name, /^2 sallyport\.yaml:\d+:\d+: CONFIG_VALUE apis\.orders\.upstream\.url/);
  });

  it('is refused with a server certificate whose chain is incomplete', async () => {
    const said = await validate(async (project) => {
      const root = await forgeRoot('Root of the gate');
      const middle = await forgeNow({ name: 'Between', issuer: root, ca: true });
      await replaceServer(project, { issuer: middle, chain: [] });
    });
    assert.match(
      said,
      /^2 sallyport\.yaml:\d+:\d+: CERT_CHAIN zones\.partner\.listen\[0\]\.certificate\.chain: pki\/gate\.pem: /,
    );
  });

  it('is refused with a weak server key', async () => {
    const said = await validate(async (project) => {
      const root = await forgeRoot('Root of the gate');
      await replaceServer(project, { issuer: root, chain: [root], kind: 'RSA-1024' });
    });
    assert.match(said, /^2 [\s\S]*KEY_WEAK/);
  });

  it('is refused with a key that others can read, and with none, by the place that names it and a remedy', async () => {
    const place =
      /^2 sallyport\.yaml:\d+:\d+: \w+ zones\.partner\.listen\[0\]\.certificate\.key: pki\/gate\.key: .*\n {2}→ \w/;
    const open = await validate((project) => chmodSync(`${project.pki}/gate.key`, 0o644));
    assert.match(open, place);
    assert.match(open, /CONFIG_FILE_MODE .*0644/);
    const none = await validate((project) => rmSync(`${project.pki}/gate.key`));
    assert.match(none, place);
    assert.match(none, /CONFIG_FILE /);
  });

  it('is refused with a contract that has a response without schema', async () => {
    const bare = REST_CONTRACT.replaceAll(
      'application/json: { schema: { $ref: "#/components/schemas/Order" } }',
      'application/json: {}',
    );
    assert.notEqual(bare, REST_CONTRACT);
    const said = await validate((project) => project.write('contracts/orders.yaml', bare));
    assert.match(said, /^2 contracts\/orders\.yaml:\d+:\d+: CONTRACT_RESPONSE_SCHEMA/);
  });

  it('is refused with an operation that declares no response', async () => {
    const bare = REST_CONTRACT.replace(
      '      responses:\n        "204": { description: gone }\n',
      '      responses: {}\n',
    );
    assert.notEqual(bare, REST_CONTRACT);
    const said = await validate((project) => project.write('contracts/orders.yaml', bare));
    assert.match(said, /^2 contracts\/orders\.yaml:\d+:\d+: CONTRACT_RESPONSE_SCHEMA/);
  });
});

describe('a listener', () => {
  const rest = startRestGate();
  after(async () => (await rest).close());

  it('that is spoken to in clear closes the connection without a byte of HTTP and records ADMIT_NOT_TLS', async () => {
    const { gate, project, nothingReceived } = await rest;
    const heard = await new Promise<string>((resolve, reject) => {
      const socket = connect(gate.port, '127.0.0.1', () =>
        socket.write('GET /api/orders HTTP/1.1\r\nHost: localhost\r\n\r\n'),
      );
      let text = '';
      socket.setTimeout(5_000, () => socket.destroy(new Error('not closed')));
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
      });
      socket.once('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ECONNRESET' ? resolve(text) : reject(error),
      );
      socket.once('close', () => resolve(text));
    });
    assert.doesNotMatch(heard, /HTTP/);
    const record = await untilOutcome(project, ({ code }) => code === 'ADMIT_NOT_TLS');
    assert.deepEqual([record.kind, record.verdict, record.machine], ['outcome', 'refused', null]);
    nothingReceived();
  });
});
