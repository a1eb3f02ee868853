/** Ends that speak TLS 1.3 as it is, and are out for mischief within it. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { probeTls13 } from '../../src/check/tls/probe-tls13.ts';
import { clientShare } from '../../src/protocol/tls/key-agreement.ts';
import { Tls13Keys } from '../../src/protocol/tls/tls13-keys.ts';
import { missingTools } from '../acceptance/harness/tools.ts';
import { handshake, record } from '../tls/flight.ts';
import { u16, vector8, vector16 } from '../tls/hello.ts';
import { createPki, type Pki } from './servers.ts';

const X25519 = 0x001d;
const SUITE = 0x1301;
const KEY_SHARE = Buffer.from('00330026', 'hex');
const empty24 = (body: Buffer) => Buffer.concat([Buffer.of(0), u16(body.length), body]);

interface Impostor {
  readonly leaf: Buffer;
  /** Body of its CertificateVerify. */
  readonly proof: (signed: Buffer) => Buffer;
  readonly ticket: Buffer;
}

/** Both halves of what a server sends: its flight, and what follows the Finished of the client. */
function served(hello: Buffer, { leaf, proof, ticket }: Impostor): readonly [Buffer, Buffer] {
  const keys = new Tls13Keys('sha256', SUITE);
  const ours = clientShare(X25519)!;
  const at = hello.indexOf(KEY_SHARE) + 10;
  const shared = ours.agree(hello.subarray(at, at + 32));
  const extensions = Buffer.concat([Buffer.from('002b0002030400330024001d0020', 'hex'), ours.key_exchange]);
  const session_id = hello.subarray(44, 76);
  const server_hello = handshake(
    2,
    Buffer.concat([u16(0x0303), randomBytes(32), vector8(session_id), u16(SUITE), Buffer.of(0), vector16(extensions)]),
  );
  keys.add(hello.subarray(5));
  keys.add(server_hello);
  const { read } = keys.startHandshake(null, shared);
  const sent: Buffer[] = [record(22, server_hello)];
  const say = (type: number, body: Buffer) => {
    const message = handshake(type, body);
    keys.add(message);
    sent.push(read.seal(22, message));
  };
  say(8, u16(0));
  say(11, Buffer.concat([Buffer.of(0), empty24(Buffer.concat([empty24(leaf), u16(0)]))]));
  const context = Buffer.from('TLS 1.3, server CertificateVerify\0', 'latin1');
  say(15, proof(Buffer.concat([Buffer.alloc(64, 0x20), context, keys.transcript_hash])));
  say(20, keys.serverFinished());
  const later = keys.startApplication().read;
  const body = Buffer.concat([Buffer.alloc(8), vector8(Buffer.of(0)), vector16(ticket), u16(0)]);
  const message = handshake(4, body);
  const parts: Buffer[] = [];
  for (let from = 0; from < message.length; from += 16_000)
    parts.push(later.seal(22, message.subarray(from, from + 16_000)));
  return [Buffer.concat(sent), Buffer.concat(parts)];
}

const probed = (impostor: Impostor) =>
  probeTls13({
    version: {
      version: 0x0304,
      acceptance: 'accepted',
      reason: null,
      cipher_suites: { values: [SUITE], complete: true },
      order: 'one',
      groups: { values: [X25519], complete: true },
    },
    server_name: 'localhost',
    random: randomBytes,
    now: () => 0,
    async converse({ opening, onBytes }) {
      const [flight, later] = served(opening!, impostor);
      if (onBytes(flight) instanceof Buffer) onBytes(later);
      return 'answered';
    },
  });

describe('an end that has the certificate of somebody else', { skip: missingTools('openssl') }, () => {
  let pki: Pki;
  let leaf: Buffer;
  before(() => {
    pki = createPki();
    leaf = new X509Certificate(readFileSync(pki.ecdsa.cert)).raw;
  });
  after(() => pki.remove());

  const proofBy = (scheme: number, key: () => Parameters<typeof sign>[2]) => (signed: Buffer) =>
    Buffer.concat([u16(scheme), vector16(sign('sha256', signed, key()))]);
  const own = () => readFileSync(pki.ecdsa.key);
  const another = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
  const ticket = randomBytes(64);

  it('is taken for the holder of a certificate with its key', async () => {
    const { chains } = await probed({ leaf, ticket, proof: proofBy(0x0403, own) });
    assert.deepEqual([chains[0]?.certificates, chains[0]?.proves_key], [[leaf], true]);
  });

  for (const [what, scheme, proves_key] of [
    ['the key of another', 0x0403, false],
    ['a scheme that nobody knows', 0x9999, null],
  ] as const) {
    it(`is not with a signature by ${what}`, async () => {
      const { chains } = await probed({ leaf, ticket, proof: proofBy(scheme, another) });
      assert.equal(chains[0]?.proves_key, proves_key);
    });
  }

  it('is not with its own key and a scheme of another curve', async () => {
    const proof = (signed: Buffer) => Buffer.concat([u16(0x0503), vector16(sign('sha384', signed, own()))]);
    const { chains } = await probed({ leaf, ticket, proof });
    assert.equal(chains[0]?.proves_key, false);
  });

  it('may give a ticket that fits in no hello', async () => {
    const { resumption } = await probed({ leaf, ticket: randomBytes(65_000), proof: proofBy(0x0403, own) });
    assert.equal(resumption, 'unknown');
  });
});
