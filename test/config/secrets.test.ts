import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edit, faultsOf, GATE, makeProject } from './project.ts';

const CANARY = 'canary-5f1d0c';
const PEM = `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----`;

/** Ways a secret ends up in a configuration by mistake. */
const SLIPS: readonly (readonly [string, string, string])[] = [
  ['as the key itself', '"file:pki/gate.key"', JSON.stringify(PEM)],
  ['as a bare word', '"file:pki/gate.key"', CANARY],
  ['with another scheme', '"file:pki/gate.key"', `"vault:${CANARY}"`],
  ['inside a mapping', '"file:pki/gate.key"', `{ pem: ${CANARY} }`],
  ['in a list', '"file:pki/gate.key"', `[${CANARY}]`],
  ['as a number', '"file:pki/gate.key"', '51009512'],
  ['as the key of the CA', 'limits:', `ca: { certificate: pki/ca.pem, key: ${CANARY} }\nlimits:`],
  ['under an unknown key', 'limits:', `password: ${CANARY}\nlimits:`],
  ['in a URL', 'http://127.0.0.1:9000', `https://gate:${CANARY}@orders.internal`],
  ['in a URL over http', 'http://127.0.0.1:9000', `http://gate:${CANARY}@127.0.0.1`],
  ['as several lines elsewhere', 'chain: pki/gate.pem', `chain: ${JSON.stringify(PEM)}`],
  ['as a PEM in one line elsewhere', 'path: /orders-api', `path: "-----BEGIN KEY----- ${CANARY}"`],
  ['without quotes, so that the YAML breaks', 'tls: modern', `tls: modern\n    ${PEM.replaceAll('\n', '\n    ')}`],
  ['in broken quotes', 'tls: modern', `tls: "${CANARY}`],
  ['in an unknown escape', 'tls: modern', `tls: "${CANARY}\\q"`],
  ['as a tag', 'tls: modern', `tls: !${CANARY} modern`],
  ['as an alias', 'tls: modern', `tls: *${CANARY}`],
  ['twice', 'tls: modern', `tls: modern\n    secret: ${CANARY}\n    secret: ${CANARY}`],
];

for (const [how, from, to] of SLIPS) {
  test(`a secret that stands in the configuration ${how} is never shown`, async (context) => {
    const faults = await faultsOf(await makeProject(context, { 'sallyport.yaml': edit(GATE, from, to) }));
    assert.ok(faults.length > 0);
    assert.equal(faults.join('\n').includes(CANARY), false, faults.join('\n'));
    assert.equal(faults.join('\n').includes('51009512'), false);
  });
}
