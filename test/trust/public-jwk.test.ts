import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readPublicJwk } from '../../src/core/trust/public-jwk.ts';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed = generateKeyPairSync('ed25519');
const jwk = ({ publicKey }: Pick<typeof ec, 'publicKey'>) => publicKey.export({ format: 'jwk' });
const number = (bytes: Uint8Array | readonly number[]) => Buffer.from(bytes).toString('base64url');

/** A coordinate with its last bit turned: no point of the curve has it. */
function beside(text = ''): string {
  const bytes = Buffer.from(text, 'base64url');
  bytes[bytes.length - 1]! ^= 1;
  return number(bytes);
}

describe('a public key as numbers', () => {
  it('is the key it came from', () => {
    for (const pair of [ec, rsa, ed]) {
      const verdict = readPublicJwk(jwk(pair));
      assert.ok(verdict.ok);
      assert.ok(verdict.key.equals(createPublicKey(pair.privateKey)));
    }
  });

  const { x = '', y = '' } = jwk(ec);
  const { n = '' } = jwk(rsa);
  const LIES: Readonly<Record<string, unknown>> = {
    'of another curve': { ...jwk(ec), crv: 'P-384' },
    'of a curve nobody should use': { ...jwk(ec), crv: 'secp256k1' },
    'beside its curve': { ...jwk(ec), y: beside(y) },
    'at infinity': { ...jwk(ec), x: number(new Uint8Array(32)), y: number(new Uint8Array(32)) },
    'beyond the field': { ...jwk(ec), x: number(new Uint8Array(32).fill(255)) },
    'a byte too long': { ...jwk(ec), x: number([0, ...Buffer.from(x, 'base64url')]) },
    'in base64 with padding': { ...jwk(ec), x: `${x}=` },
    'in base64url of two forms': {
      ...jwk(ec),
      x: `${x.slice(0, -1)}${x.endsWith('B') ? 'C' : 'B'}`.replace(/.$/, '_'),
    },
    'with a private member': ec.privateKey.export({ format: 'jwk' }),
    'RSA with private members': rsa.privateKey.export({ format: 'jwk' }),
    'with a member more': { ...jwk(ec), kid: 'a' },
    'without a coordinate': { kty: 'EC', crv: 'P-256', x },
    'with a number as a coordinate': { ...jwk(ec), x: 5 },
    'RSA of 1024 bits': { kty: 'RSA', n: number(new Uint8Array(128).fill(255)), e: 'AQAB' },
    'RSA of 800,000 bits': { kty: 'RSA', n: number(new Uint8Array(100_000).fill(255)), e: 'AQAB' },
    'RSA with leading zeros': { kty: 'RSA', n: number([0, ...Buffer.from(n, 'base64url')]), e: 'AQAB' },
    'RSA with an even modulus': {
      kty: 'RSA',
      n: number([...Buffer.from(n, 'base64url').subarray(0, -1), 2]),
      e: 'AQAB',
    },
    'RSA with exponent 1': { kty: 'RSA', n, e: 'AQ' },
    'RSA with an even exponent': { kty: 'RSA', n, e: 'AQAA' },
    'RSA with zeros before the exponent': { kty: 'RSA', n, e: number([0, 1, 0, 1]) },
    'RSA with a huge exponent': { kty: 'RSA', n, e: number(new Uint8Array(5).fill(255)) },
    'a secret': { kty: 'oct', k: 'AAAA' },
    'of no type': { x },
    nothing: null,
    'a list': [jwk(ec)],
    'a text': JSON.stringify(jwk(ec)),
  };
  for (const [what, lie] of Object.entries(LIES)) {
    it(`${what} is refused`, () => {
      const verdict = readPublicJwk(lie);
      assert.equal(verdict.ok, false);
    });
  }

  it('of Ed25519 or Ed448 under which everybody can sign is refused', () => {
    const field = 2n ** 255n - 19n;
    const order_8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
    const low = [0n, 1n, field - 1n, field, field + 1n, order_8, field - order_8];
    const little = (value: bigint, size: number) =>
      Buffer.from(value.toString(16).padStart(size * 2, '0'), 'hex').reverse();
    for (const ordinate of low) {
      for (const sign of [0, 0x80]) {
        const bytes = little(ordinate, 32);
        bytes[31]! |= sign;
        assert.deepEqual(readPublicJwk({ kty: 'OKP', crv: 'Ed25519', x: number(bytes) }), {
          ok: false,
          reason: 'the public key is a point of low order',
        });
      }
    }
    for (const ordinate of [0n, 1n, 2n ** 448n - 2n ** 224n - 2n]) {
      assert.equal(readPublicJwk({ kty: 'OKP', crv: 'Ed448', x: number(little(ordinate, 57)) }).ok, false);
    }
  });

  it('that is anything at all never throws', () => {
    const members = fc.dictionary(
      fc.constantFrom('kty', 'crv', 'x', 'y', 'n', 'e', 'd', '__proto__'),
      fc.oneof(fc.base64String(), fc.constantFrom('EC', 'RSA', 'OKP', 'P-256', 'Ed25519', x, y, n), fc.anything()),
    );
    fc.assert(fc.property(fc.oneof(members, fc.anything()), (value) => void readPublicJwk(value)));
    const changed = fc.tuple(fc.constantFrom('x', 'y'), fc.uint8Array({ minLength: 32, maxLength: 32 }));
    fc.assert(
      fc.property(changed, ([member, bytes]) => {
        const key = { ...jwk(ec), [member]: number(bytes) };
        assert.equal(readPublicJwk(key).ok, false);
      }),
    );
  });
});
