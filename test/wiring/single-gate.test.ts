/** A gate that is one process, such as that of the demo. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWireGate } from '../acceptance/wire/wire-gate.ts';

test('a gate of one process has no signer, reads no key of a CA, and says so where a certificate is asked for', async (context) => {
  // There is no such key.
  const more = 'ca: { certificate: pki/partner-ca.pem, key: "file:pki/partner-ca.key" }\n';
  const { gate, stop } = await startWireGate({ more });
  context.after(stop);
  const result = await gate.issue({ machine: 'acme-erp', uri: null, key: {} });
  assert.ok(!result.ok && result.code === 'ISSUE_NO_SIGNER');
  assert.match(result.reason, /this gate is one process and has no signer: use sallyport run/);
});
