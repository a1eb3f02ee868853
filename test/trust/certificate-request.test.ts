import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MAX_REQUEST_BYTES, readCertificateRequest } from '../../src/core/trust/certificate-request.ts';
import { readPem, writePem } from '../../src/core/trust/pem.ts';
import { readElements } from '../../src/protocol/der/elements.ts';
import { missingTools } from '../acceptance/harness/tools.ts';
import { openssl, withFolder } from './openssl.ts';

const skip = missingTools('openssl');

interface Made {
  readonly pem: Buffer;
  readonly der: Buffer;
  readonly key: string;
}

/** A request as partners make them. */
function made(key: readonly string[], request: readonly string[] = []): Made {
  return withFolder((folder) => {
    openssl(['genpkey', '-out', 'key', ...key], folder);
    openssl(['req', '-new', '-key', 'key', '-subj', '/O=Acme/CN=erp', '-out', 'csr', ...request], folder);
    const pem = readFileSync(join(folder, 'csr'));
    return { pem, der: readPem(pem.toString())![0]!.der, key: readFileSync(join(folder, 'key'), 'utf8') };
  });
}

const P256 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];
const RSA = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'];
const PSS = ['-sigopt', 'rsa_padding_mode:pss'];

/** The code, or what key was accepted. */
function said(file: Buffer): string {
  const verdict = readCertificateRequest(file);
  return verdict.ok ? `${verdict.facts.type} ${verdict.facts.bits}` : verdict.code;
}

describe('a request for a certificate', { skip }, () => {
  const ec = skip === false ? made(P256) : null!;
  const rsa = skip === false ? made(RSA) : null!;

  const ACCEPTED = {
    'EC P-384, signed with SHA-384': [[...P256.slice(0, 3), 'ec_paramgen_curve:P-384'], ['-sha384'], 'EC 384'],
    'EC P-521': [[...P256.slice(0, 3), 'ec_paramgen_curve:P-521'], [], 'EC 521'],
    'RSA, signed with PSS': [RSA, PSS, 'RSA 2048'],
    Ed25519: [['-algorithm', 'ED25519'], [], 'Ed25519 256'],
    Ed448: [['-algorithm', 'ED448'], [], 'Ed448 456'],
  } as const;
  for (const [kind, [key, more, told]] of Object.entries(ACCEPTED)) {
    it(`with a key ${kind} is read`, () => assert.equal(said(made(key, more).pem), told));
  }

  const REFUSED = {
    'an RSA key of 1024 bits': [['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'], [], 'ISSUE_KEY'],
    'an RSA key of exponent 3': [[...RSA, '-pkeyopt', 'rsa_keygen_pubexp:3'], [], 'ISSUE_KEY'],
    'a curve nobody should use': [[...P256.slice(0, 3), 'ec_paramgen_curve:secp256k1'], [], 'ISSUE_KEY'],
    'an RSA-PSS key': [['-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048'], [], 'ISSUE_KEY'],
    'a signature with SHA-1': [RSA, ['-sha1'], 'ISSUE_PROOF'],
    'a signature with PSS over SHA-1': [RSA, ['-sha1', ...PSS], 'ISSUE_PROOF'],
  } as const;
  for (const [what, [key, more, code]] of Object.entries(REFUSED)) {
    it(`with ${what} is refused with ${code}`, () => assert.equal(said(made(key, more).pem), code));
  }

  it('is PEM or DER, and gives the numbers of the key alone', () => {
    for (const file of [ec.pem, ec.der, Buffer.from(`Subject: me\n${ec.pem}`)]) {
      const verdict = readCertificateRequest(file);
      assert.ok(verdict.ok);
      assert.deepEqual(Object.keys(verdict.key).sort(), ['crv', 'kty', 'x', 'y']);
    }
    assert.equal(said(Buffer.from(ec.pem.toString().replaceAll('CERTIFICATE', 'NEW CERTIFICATE'))), 'EC 256');
  });

  it('may ask for names and extensions, which are passed over and told', () => {
    const asked = made(P256, ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'subjectAltName=URI:x:y']);
    const verdict = readCertificateRequest(asked.pem);
    assert.ok(verdict.ok);
    assert.deepEqual(verdict.ignored, ['subject', 'attributes']);
    const plain = readCertificateRequest(made(P256, ['-subj', '/']).pem);
    assert.deepEqual(plain.ok && plain.ignored, []);
  });

  it('is refused where its key is not the one that signed', () => {
    const other = made(P256).der;
    // The point is the same number of bytes; 26 of them stand before it in the key of a P-256.
    const spki = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');
    const swapped = Buffer.from(ec.der);
    other.copy(
      swapped,
      swapped.indexOf(spki) + spki.length,
      other.indexOf(spki) + spki.length,
      other.indexOf(spki) + 91,
    );
    assert.equal(said(swapped), 'ISSUE_PROOF');
  });

  it('is refused where its algorithm is not one for its key', () => {
    const [info, , signature] = readElements(readElements(rsa.der, 1)![0]!.content, 3)!;
    const ecdsa = Buffer.from('300a06082a8648ce3d040302', 'hex');
    const content = Buffer.concat([info!.whole, ecdsa, signature!.whole]);
    const head = Buffer.from([0x30, 0x82, content.length >> 8, content.length & 255]);
    assert.equal(said(Buffer.concat([head, content])), 'ISSUE_PROOF');
  });

  it('is refused with a private key beside it, and no part of that is told', () => {
    const verdict = readCertificateRequest(Buffer.from(ec.key + ec.pem.toString()));
    assert.ok(!verdict.ok && verdict.code === 'ISSUE_REQUEST');
    assert.match(verdict.reason, /a private key stands in it/);
  });

  it('may follow text, whatever that begins with', () => {
    for (const text of ['0 requests came before this\n', '0\n', '0é\n', 'for 0\n']) {
      assert.equal(said(Buffer.concat([Buffer.from(text), ec.pem])), 'EC 256', text);
    }
    const beside = Buffer.from(`0 ${ec.key}${ec.pem.toString()}`);
    const verdict = readCertificateRequest(beside);
    assert.match(verdict.ok ? '' : verdict.reason, /a private key stands in it/);
  });

  it('is refused as DER with another behind it as PEM', () => {
    assert.equal(said(Buffer.concat([ec.der, rsa.pem])), 'ISSUE_REQUEST');
  });

  it('is refused twice, empty, as a certificate, as garbage and as more than a request can be', () => {
    const files = [
      Buffer.concat([ec.pem, rsa.pem]),
      Buffer.alloc(0),
      Buffer.from(ec.pem.toString().replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE')),
      Buffer.from('garbage'),
      Buffer.alloc(MAX_REQUEST_BYTES + 1, 0x30),
      Buffer.concat([ec.der, Buffer.from([0])]),
      ec.der.subarray(0, -1),
      Buffer.from([0x30, 0x80, 0, 0]),
      Buffer.from([0x30]),
    ];
    for (const file of files) assert.equal(said(file), 'ISSUE_REQUEST');
  });

  it('that was changed in any byte is refused', () => {
    for (const { der } of [ec, rsa]) {
      for (const place of der.keys()) {
        for (const change of [1, 0x20, 0x80, 0xff]) {
          const changed = Buffer.from(der);
          changed[place]! ^= change;
          assert.match(said(changed), /^ISSUE_/, `byte ${place} ^ ${change}`);
        }
      }
    }
  });

  it('that was cut, spliced or made up never throws', () => {
    const piece = fc.tuple(fc.constantFrom(ec, rsa), fc.nat(), fc.nat()).map(([{ der }, from, size]) => {
      const start = from % der.length;
      return der.subarray(start, start + (size % der.length));
    });
    const bytes = fc.oneof(
      piece,
      fc.uint8Array({ maxLength: 64 }).map((some) => Buffer.from(some)),
    );
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 4 }), fc.boolean(), (pieces, as_pem) => {
        const whole = Buffer.concat(pieces);
        said(as_pem ? Buffer.from(writePem('CERTIFICATE REQUEST', whole)) : whole);
      }),
      { numRuns: 500 },
    );
  });
});
