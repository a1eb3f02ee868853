import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { type FileReference, loadConfig } from '../../src/config/load.ts';
import { edit, GATE, loadProject, makeProject, PARTY } from './project.ts';

test('defaults are filled and units resolved', async (context) => {
  const config = await loadProject(await makeProject(context));
  const [zone] = config.zones;
  assert.deepEqual(zone?.timeouts, {
    handshake_ms: 10_000,
    headers_ms: 10_000,
    body_ms: 30_000,
    idle_ms: 60_000,
    total_ms: 60_000,
  });
  assert.deepEqual(zone?.connections, {
    total: 10_000,
    per_source: 256,
    new_per_source: { quota: 50, window_ms: 1000 },
    bytes_per_source: { quota: 64 * 1024 * 1024, window_ms: 1000 },
  });
  assert.deepEqual(config.limits, {
    source: { quota: 1000, window_ms: 60_000 },
    machine: { quota: 600, window_ms: 60_000 },
    party: { quota: 3000, window_ms: 60_000 },
    operation: { quota: 10_000, window_ms: 60_000 },
    concurrency: { machine: 64, operation: 256 },
  });
  assert.deepEqual(config.audit, { segment_bytes: 64 * 1024 * 1024 });
  assert.equal(config.traces, null, 'nothing is exported');
  assert.equal(config.ca, null, 'nothing is issued');
  assert.deepEqual(config.admin, { listen: [{ kind: 'unix' }], socket: `${config.data_folder}/admin.sock` });
  assert.deepEqual(config.apis[0]?.limits, {
    body_bytes: 1024 * 1024,
    response_bytes: 8 * 1024 * 1024,
    depth: 64,
    keys: 100_000,
    items: 100_000,
    array_items: 100_000,
    string_bytes: 1024 * 1024,
    number_length: 64,
    decompression_ratio: 100,
    max_steps: 5_000_000,
    time_ms: null,
  });
  assert.deepEqual(config.apis[0]?.overlays, []);
});

test('paths are absolute and files keep the name the user would use', async (context) => {
  const folder = await makeProject(context);
  const config = await loadProject(folder);
  const listener = config.zones[0]?.listen[0];
  const name = (file: FileReference | undefined) => [file?.path, file?.file];
  assert.equal(config.folder, folder);
  assert.equal(config.data_folder, `${folder}/.sallyport/data`);
  assert.deepEqual(name(listener?.certificate.chain), [`${folder}/pki/gate.pem`, `${folder}/pki/gate.pem`]);
  assert.deepEqual(listener?.certificate.key, { kind: 'file', path: `${folder}/pki/gate.key` });
  assert.deepEqual(config.policies, [
    {
      path: `${folder}/policies/orders.cedar`,
      file: `${folder}/policies/orders.cedar`,
      text: 'permit (principal, action, resource);\n',
    },
  ]);

  const named = await loadConfig(relative(process.cwd(), `${folder}/sallyport.yaml`));
  const chain = named.zones[0]?.listen[0]?.certificate.chain;
  assert.deepEqual(name(chain), [`${folder}/pki/gate.pem`, relative(process.cwd(), `${folder}/pki/gate.pem`)]);
});

test('overlays keep their order, and are files like others', async (context) => {
  const overlays = 'contract: contracts/orders.yaml\n    overlays: [b.yaml, a.yaml]';
  const gate = edit(GATE, 'contract: contracts/orders.yaml', overlays);
  const folder = await makeProject(context, { 'sallyport.yaml': gate, 'a.yaml': '', 'b.yaml': '' });
  const config = await loadProject(folder);
  assert.deepEqual(
    config.apis[0]?.overlays.map(({ path, source }) => [path, source.column]),
    [
      [`${folder}/b.yaml`, 16],
      [`${folder}/a.yaml`, 24],
    ],
  );
});

test('everything that can have a fault later keeps its place', async (context) => {
  const folder = await makeProject(context);
  const config = await loadProject(folder);
  const place = (source: { file: string; line: number; column: number } | undefined) =>
    `${source?.file.replace(`${folder}/`, '')}:${source?.line}:${source?.column}`;
  const zone = config.zones[0];
  const machine = config.machines[0];
  assert.equal(place(zone?.source), 'sallyport.yaml:5:3');
  assert.equal(place(zone?.listen[0]?.source), 'sallyport.yaml:7:9');
  assert.equal(place(zone?.listen[0]?.certificate.chain.source), 'sallyport.yaml:10:31');
  assert.equal(place(zone?.listen[0]?.certificate.key_source), 'sallyport.yaml:10:50');
  assert.equal(place(zone?.trust[0]?.source), 'sallyport.yaml:12:16');
  assert.equal(place(config.groups[1]?.source), 'sallyport.yaml:17:3');
  assert.equal(place(config.apis[0]?.contract.source), 'sallyport.yaml:22:15');
  assert.equal(place(config.apis[0]?.upstream.source), 'sallyport.yaml:25:5');
  assert.equal(place(config.parties[0]?.source), 'parties/acme.yaml:1:8');
  assert.equal(place(machine?.source), 'parties/acme.yaml:4:3');
  assert.equal(place(machine?.credentials[0]?.source), 'parties/acme.yaml:7:9');
});

test('parties, machines and credentials are read from every party file', async (context) => {
  const globex = `party: globex
name: Globex & Sons
suspended: true
machines:
  globex-reports:
    groups: [partners]
    suspended: true
    limits: { rate: 10/s, concurrency: 2 }
    credentials:
      - { trust: acme-ca, dns: reports.globex.example }
      - { thumbprint: ${'ab'.repeat(32)} }
`;
  const config = await loadProject(await makeProject(context, { 'parties/globex.yaml': globex }));
  assert.deepEqual(
    config.parties.map(({ source: _source, ...party }) => party),
    [
      { id: 'acme', name: 'acme', groups: ['suppliers'], suspended: false },
      { id: 'globex', name: 'Globex & Sons', groups: [], suspended: true },
    ],
  );
  const machine = config.machines.find(({ id }) => id === 'globex-reports');
  assert.deepEqual(machine && { ...machine, source: null, credentials: machine.credentials.map(({ kind }) => kind) }, {
    id: 'globex-reports',
    party: 'globex',
    groups: ['partners'],
    zones: null,
    suspended: true,
    limits: { rate: { quota: 10, window_ms: 1000 }, concurrency: 2 },
    credentials: ['dns', 'thumbprint'],
    source: null,
  });
  assert.deepEqual(config.machines[0]?.limits, { rate: null, concurrency: null });
});

test('an upstream is taken apart with its trust and its name', async (context) => {
  const upstream = `      url: https://orders.internal:9000/base
      trust: pki/upstream-ca.pem
      server_name: orders.example
      timeouts: { response: 1m }
      ejection: { failures: 5 }
      retries: 0
`;
  const gate = edit(GATE, '      url: http://127.0.0.1:9000\n', upstream);
  const folder = await makeProject(context, { 'sallyport.yaml': gate });
  const [api] = (await loadProject(folder)).apis;
  assert.equal(api?.prefix, '/orders-api');
  assert.equal(api?.upstream.url.href, 'https://orders.internal:9000/base');
  assert.equal(api?.upstream.trust !== 'system' && api?.upstream.trust.path, `${folder}/pki/upstream-ca.pem`);
  assert.equal(api?.upstream.server_name, 'orders.example');
  assert.deepEqual(api?.upstream.timeouts, { connect_ms: 2000, response_ms: 60_000, idle_ms: 30_000 });
  assert.deepEqual(api?.upstream.ejection, {
    failures: 5,
    for_ms: 10_000,
    max_ms: 300_000,
    slow_start_ms: 10_000,
    max_share: 0.5,
    outliers: { window_ms: 10_000, volume: 20, margin: 0.3 },
  });
  assert.deepEqual(api?.upstream.endpoints, [{ host: 'orders.internal', port: 9000, weight: 1, locality: null }]);
  assert.equal(api?.upstream.health, null);
  assert.deepEqual(api?.upstream.retry_budget, { share: 0.2, floor_per_s: 3 });
  const breaker = { window_ms: 10_000, volume: 20, share: 0.5, for_ms: 5_000, probes: 3 };
  assert.deepEqual(api?.upstream.breaker, breaker);
});

test('a CA is a certificate, the place of its key, and how long what it issues is valid', async (context) => {
  const ca = 'ca: { certificate: pki/ca.pem, key: "file:pki/ca.key" }\n';
  const folder = await makeProject(context, { 'sallyport.yaml': edit(GATE, 'limits:', `${ca}limits:`) });
  const read = (await loadProject(folder)).ca!;
  assert.deepEqual(read.key, { kind: 'file', path: join(folder, 'pki/ca.key') });
  assert.equal(read.certificate.path, join(folder, 'pki/ca.pem'));
  assert.deepEqual([read.validity_ms, read.key_source.line], [90 * 86_400_000, 27]);
});

test('a collector of traces is taken apart, with every bound filled in', async (context) => {
  const traces = 'traces:\n  collector: { url: "https://collector.internal:4318", trust: pki/ca.pem }\n';
  const file = await makeProject(context, { 'sallyport.yaml': edit(GATE, 'limits:', `${traces}limits:`) });
  const config = await loadProject(file);
  const { collector, ...bounds } = config.traces!;
  assert.deepEqual(bounds, {
    share: 0.1,
    asked: null,
    queue_bytes: 4 * 1024 * 1024,
    batch_bytes: 512 * 1024,
    every_ms: 5000,
  });
  assert.equal(collector.url.href, 'https://collector.internal:4318/');
  assert.equal(collector.server_name, null);
  assert.deepEqual(collector.timeouts, { connect_ms: 2000, response_ms: 10_000, idle_ms: 30_000 });
  assert.deepEqual(collector.trust, {
    path: `${config.folder}/pki/ca.pem`,
    file: (collector.trust as FileReference).file,
    source: { file: config.file, line: 28, column: 63 },
  });
});

test('the examples of docs/traces.md load', async (context) => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'traces.md'), 'utf8');
  const examples = [...page.matchAll(/^```yaml\n(?:# sallyport\.yaml\n)?(traces:\n[^`]+)```$/gm)].map(([, text]) =>
    String(text),
  );
  assert.equal(examples.length, 3);
  for (const example of examples) {
    const files = { 'sallyport.yaml': edit(GATE, 'limits:', `${example}limits:`) };
    assert.notEqual((await loadProject(await makeProject(context, files))).traces, null);
  }
});

test('an upstream may have several endpoints, and its gate a place', async (context) => {
  const upstream = `      url: https://orders.internal/base
      endpoints:
        - { host: a.orders.internal, port: 8443, weight: 3, locality: east }
        - { host: "[2001:db8::1]" }
      health: { path: "/healthz?deep=1", interval: 5s, statuses: [204] }
      retry_budget: { share: 0%, floor: 30/1m }
`;
  const text = edit(GATE, '      url: http://127.0.0.1:9000\n', upstream);
  const gate = edit(text, '  name: orders-gate\n', '  name: orders-gate\n  locality: east\n');
  const folder = await makeProject(context, { 'sallyport.yaml': gate });
  const read = (await loadProject(folder)).apis[0]?.upstream;
  assert.equal(read?.gate_locality, 'east');
  assert.deepEqual(read?.endpoints, [
    { host: 'a.orders.internal', port: 8443, weight: 3, locality: 'east' },
    { host: '[2001:db8::1]', port: 443, weight: 1, locality: null },
  ]);
  assert.deepEqual(read?.health, {
    path: '/healthz?deep=1',
    interval_ms: 5_000,
    timeout_ms: 2_000,
    statuses: [204],
    healthy: 2,
    unhealthy: 3,
  });
  assert.deepEqual(read?.retry_budget, { share: 0, floor_per_s: 0.5 });
});

test('only the canonical spelling of a host is an upstream', async (context) => {
  const accepted = [
    'https://orders.internal',
    'https://orders.internal:9000/base/',
    'https://10.0.0.5',
    'https://[2001:db8::1]:8443',
    'http://127.0.0.1:9000',
    'http://127.255.0.9',
    'http://[::1]:9000',
  ];
  for (const url of accepted) {
    const folder = await makeProject(context, { 'sallyport.yaml': edit(GATE, 'http://127.0.0.1:9000', url) });
    assert.equal((await loadProject(folder)).apis[0]?.upstream.url.host, new URL(url).host, url);
  }
  const refused = [
    'http://127.0.0.1.example',
    'http://127.0.0.1@evil.example',
    'http://127.0.0.1\\@evil.example',
    'http://0177.0.0.1',
    'http://2130706433',
    'http://0x7f.0.0.1',
    'http://0.0.0.0:9000',
    'http://[::]:9000',
    'http://[::FFFF:7f00:1]',
    'http://[0:0:0:0:0:0:0:1]',
    'http://localhost.',
    'http:127.0.0.1',
    'http:///127.0.0.1',
    'https://orders.internal//x',
    'https://orders.internal/../x',
    'https://orders.internal/%2e%2e/x',
    'https://orders.internal:99999',
    'https://orders_internal',
    'https://örders.internal',
    'HTTPS://orders.internal',
    'https://',
  ];
  for (const url of refused) {
    const text = edit(GATE, 'http://127.0.0.1:9000', JSON.stringify(url));
    const folder = await makeProject(context, { 'sallyport.yaml': text });
    await assert.rejects(loadProject(folder), { name: 'LoadError' }, url);
  }
});

test('few aliases are expanded like what they stand for', async (context) => {
  const gate = edit(GATE, '  partners: {}\n', '  partners: &none {}\n  buyers: *none\n');
  const config = await loadProject(await makeProject(context, { 'sallyport.yaml': gate }));
  assert.deepEqual(
    config.groups.map(({ id }) => id),
    ['suppliers', 'partners', 'buyers'],
  );
});

test('a glob takes neither hidden files nor folders', async (context) => {
  const folder = await makeProject(context, {
    'parties/.hidden.yaml': 'not: read\n',
    'parties/folder.yaml/inner.yaml': 'not: read\n',
    'parties/notes.txt': 'not read',
  });
  assert.deepEqual(
    (await loadProject(folder)).parties.map(({ id }) => id),
    ['acme'],
  );
});

test('a question mark stands for one character and a folder may be a pattern', async (context) => {
  const folder = await makeProject(context, {
    'sallyport.yaml': edit(GATE, 'parties/*.yaml', 'part*/party-?.yaml'),
    'parties/party-1.yaml': PARTY,
    'parties/party-22.yaml': 'not: read\n',
  });
  assert.equal((await loadProject(folder)).machines.length, 1);
});
