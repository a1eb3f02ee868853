/** The client's side of a key agreement: a share to send, and the secret it comes to (RFC 8446 section 7.4). */
import {
  createECDH,
  createPublicKey,
  decapsulate,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { MalformedFlight } from './malformed-flight.ts';

export interface ClientShare {
  readonly group: number;
  readonly key_exchange: Buffer;
  /** @throws MalformedFlight for a share of the server that is none */
  readonly agree: (server_share: Buffer) => Buffer;
}

type MakeShare = () => Omit<ClientShare, 'group'>;

/** A share for a group, or null for one that cannot be agreed in here. Each call makes a new key. */
export function clientShare(group: number): ClientShare | null {
  const make = MAKERS.get(group);
  if (make === undefined) return null;
  const { key_exchange, agree } = make();
  return { group, key_exchange, agree: checked(agree) };
}

/** Whatever a library says of a share that is none, here it is one thing. */
function checked(agree: ClientShare['agree']): ClientShare['agree'] {
  return (server_share) => {
    try {
      return agree(server_share);
    } catch {
      throw new MalformedFlight('key_share');
    }
  };
}

/** RFC 7748: the raw key as it stands in a share. */
const montgomery =
  (type: 'x25519' | 'x448', crv: string): MakeShare =>
  () => {
    const { publicKey, privateKey } = type === 'x25519' ? generateKeyPairSync('x25519') : generateKeyPairSync('x448');
    const { x = '' } = publicKey.export({ format: 'jwk' });
    return {
      key_exchange: Buffer.from(x, 'base64url'),
      agree(server_share) {
        const jwk = { kty: 'OKP', crv, x: server_share.toString('base64url') };
        return diffieHellman({ privateKey, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) });
      },
    };
  };

/** RFC 8446 section 4.2.8.2: an uncompressed point. */
const weierstrass =
  (curve: string): MakeShare =>
  () => {
    const key = createECDH(curve);
    return { key_exchange: key.generateKeys(), agree: (server_share) => key.computeSecret(server_share) };
  };

type MlKemName = 'ml-kem-512' | 'ml-kem-768' | 'ml-kem-1024';

/** FIPS 203: bytes of an encapsulation key, and of a ciphertext. */
const ML_KEM_BYTES: Readonly<Record<MlKemName, { readonly key: number; readonly ciphertext: number }>> = {
  'ml-kem-512': { key: 800, ciphertext: 768 },
  'ml-kem-768': { key: 1184, ciphertext: 1088 },
  'ml-kem-1024': { key: 1568, ciphertext: 1568 },
};

/** draft-ietf-tls-mlkem: the client sends an encapsulation key, the server a ciphertext. */
const mlKem =
  (name: MlKemName): MakeShare =>
  () => {
    const { publicKey, privateKey } = mlKemPair(name);
    const der = publicKey.export({ type: 'spki', format: 'der' });
    return {
      key_exchange: der.subarray(der.length - ML_KEM_BYTES[name].key),
      agree: (server_share) => decapsulate(privateKey, server_share),
    };
  };

function mlKemPair(name: MlKemName): { publicKey: KeyObject; privateKey: KeyObject } {
  if (name === 'ml-kem-512') return generateKeyPairSync('ml-kem-512');
  return name === 'ml-kem-768' ? generateKeyPairSync('ml-kem-768') : generateKeyPairSync('ml-kem-1024');
}

/** draft-ietf-tls-hybrid-design section 3.2: both shares, and both secrets, one after the other. */
const both =
  (first: MakeShare, second: MakeShare, first_server_bytes: number): MakeShare =>
  () => {
    const [one, other] = [first(), second()];
    return {
      key_exchange: Buffer.concat([one.key_exchange, other.key_exchange]),
      agree: (server_share) =>
        Buffer.concat([
          one.agree(server_share.subarray(0, first_server_bytes)),
          other.agree(server_share.subarray(first_server_bytes)),
        ]),
    };
  };

const x25519 = montgomery('x25519', 'X25519');
const secp256r1 = weierstrass('prime256v1');
const secp384r1 = weierstrass('secp384r1');

/** draft-ietf-tls-ecdhe-mlkem: with X25519 the ML-KEM part comes first, with the NIST curves the curve does. */
const MAKERS: ReadonlyMap<number, MakeShare> = new Map([
  [0x001d, x25519],
  [0x0017, secp256r1],
  [0x0018, secp384r1],
  [0x0019, weierstrass('secp521r1')],
  [0x001e, montgomery('x448', 'X448')],
  [0x001f, weierstrass('brainpoolP256r1')],
  [0x0020, weierstrass('brainpoolP384r1')],
  [0x0021, weierstrass('brainpoolP512r1')],
  [0x0200, mlKem('ml-kem-512')],
  [0x0201, mlKem('ml-kem-768')],
  [0x0202, mlKem('ml-kem-1024')],
  [0x11eb, both(secp256r1, mlKem('ml-kem-768'), 65)],
  [0x11ec, both(mlKem('ml-kem-768'), x25519, ML_KEM_BYTES['ml-kem-768'].ciphertext)],
  [0x11ed, both(secp384r1, mlKem('ml-kem-1024'), 97)],
]);
