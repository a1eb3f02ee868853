/** Which of the chains that handshakes brought are one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeenChains } from '../../src/check/tls/seen-chains.ts';

function seen(...sent: readonly (readonly string[])[]): number {
  const chains = new SeenChains();
  for (const texts of sent) {
    const certificates = texts.map((text) => Buffer.from(text));
    const rest = { version: 0x0303, server_name: null, proves_key: null, ocsp_responses: [], sct_list: null };
    chains.remember({ certificates, ...rest });
  }
  return chains.all().length;
}

test('a chain that comes again is one', () => {
  assert.equal(seen(['leaf', 'issuer'], ['leaf', 'issuer']), 1);
});

test('the same bytes in other certificates are another chain', () => {
  assert.equal(seen(['leaf', 'issuer'], ['leafissuer']), 2);
});
