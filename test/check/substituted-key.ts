/**
 * A key that its maker holds, and under which a signature of somebody else verifies: for a signature of ECDSA one can be computed
 * to whoever may choose the base point of the curve (duplicate-signature key selection, as in CVE-2020-0601).
 */
import { createHash, createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { readElements } from '../../src/protocol/der/elements.ts';
import { der } from './forged-response.ts';

type Point = readonly [bigint, bigint] | null;

/** P-256 (SEC 2 section 2.4.2). */
const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const A = P - 3n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const G: Point = [
  0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
];

const mod = (value: bigint, by: bigint) => ((value % by) + by) % by;

function power(base: bigint, exponent: bigint, by: bigint): bigint {
  let result = 1n;
  for (let square = mod(base, by), left = exponent; left > 0n; left >>= 1n, square = (square * square) % by) {
    if (left & 1n) result = (result * square) % by;
  }
  return result;
}

const inverse = (value: bigint, by: bigint) => power(value, by - 2n, by);

function add(one: Point, other: Point): Point {
  if (one === null) return other;
  if (other === null) return one;
  const [x1, y1] = one;
  const [x2, y2] = other;
  if (x1 === x2 && mod(y1 + y2, P) === 0n) return null;
  const slope = x1 === x2 ? (3n * x1 * x1 + A) * inverse(2n * y1, P) : (y2 - y1) * inverse(x2 - x1, P);
  const x = mod(slope * slope - x1 - x2, P);
  return [x, mod(slope * (x1 - x) - y1, P)];
}

function times(scalar: bigint, point: Point): Point {
  let sum: Point = null;
  for (let left = scalar, doubled = point; left > 0n; left >>= 1n, doubled = add(doubled, doubled)) {
    if (left & 1n) sum = add(sum, doubled);
  }
  return sum;
}

const octets = (number: bigint) => Buffer.from(number.toString(16).padStart(64, '0'), 'hex');
const numberOf = (bytes: Buffer) => BigInt(`0x${bytes.toString('hex')}`);
const integer = (number: bigint) => der(0x02, Buffer.of(0), octets(number));
const pointOctets = (point: Point) => Buffer.concat([Buffer.of(4), ...point!.map(octets)]);
const sequence = (...contents: readonly Buffer[]) => der(0x30, ...contents);

/** RFC 3279 section 2.3.5: a curve written out in numbers, here one like P-256 but for where it begins. */
function algorithm(base: Point): Buffer {
  const field = sequence(Buffer.from('06072a8648ce3d0101', 'hex'), integer(P));
  const curve = sequence(der(0x04, octets(A)), der(0x04, octets(B)));
  const one = Buffer.from('020101', 'hex');
  const parameters = sequence(one, field, curve, der(0x04, pointOctets(base)), integer(N), one);
  return sequence(Buffer.from('06072a8648ce3d0201', 'hex'), parameters);
}

export interface Substitute {
  /** DER of a certificate that says what the CA's says, and has another key. */
  readonly certificate: Buffer;
  readonly pem: string;
  /** Its private key. */
  readonly key: KeyObject;
}

/** @param leaf PEM, signed by a key of P-256 with SHA-256, as is that of its CA */
export function substituteFor(leaf: string, ca: string): Substitute {
  const [body, , signature] = readElements(readElements(new X509Certificate(leaf).raw, 1)![0]!.content, 3)!;
  const [r, s] = readElements(readElements(signature!.content.subarray(1), 1)![0]!.content, 2)!.map(({ content }) =>
    numberOf(content),
  ) as [bigint, bigint];
  const { x, y } = new X509Certificate(ca).publicKey.export({ format: 'jwk' });
  const theirs = [x, y].map((text) => numberOf(Buffer.from(text!, 'base64url'))) as [bigint, bigint];
  const digest = numberOf(createHash('sha256').update(body!.whole).digest());
  const [u1, u2] = [digest, r].map((value) => mod(value * inverse(s, N), N)) as [bigint, bigint];
  const secret = 2n;
  const base = times(inverse(mod(u1 + u2 * secret, N), N), add(times(u1, G), times(u2, theirs)));
  const public_key = pointOctets(times(secret, base));
  const own = sequence(Buffer.from('020101', 'hex'), der(0x04, octets(secret)));
  const pkcs8 = sequence(Buffer.from('020100', 'hex'), algorithm(base), der(0x04, own));
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const spki = sequence(algorithm(base), der(0x03, Buffer.of(0), public_key));
  const certificate = certified(ca, spki, key);
  const pem = `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`;
  return { certificate, pem, key };
}

/** The certificate of the CA as its own issuer, with that key. */
function certified(ca: string, spki: Buffer, key: KeyObject): Buffer {
  const [body, algorithm] = readElements(readElements(new X509Certificate(ca).raw, 1)![0]!.content, 3)!;
  const parts = readElements(body!.content, 10)!.map(({ whole }) => whole);
  const [version, serial, signed_with, , validity, subject, , ...rest] = parts as Buffer[];
  const info = sequence(version!, serial!, signed_with!, subject!, validity!, subject!, spki, ...rest);
  return sequence(info, algorithm!.whole, der(0x03, Buffer.of(0), sign('sha256', info, key)));
}
