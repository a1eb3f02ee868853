/** OCSP responses put together by hand, signed or not (RFC 6960 section 4.2.1). */
import { createHash, createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { readElements } from '../../src/protocol/der/elements.ts';

/** One element of DER. */
export function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  if (length < 128) return Buffer.concat([Buffer.of(tag, length), content]);
  const octets = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  const head = length < 65_536 ? octets : [0x83, length >> 16, (length >> 8) & 255, length & 255];
  return Buffer.concat([Buffer.of(tag, ...head), content]);
}

const sequence = (...contents: readonly Buffer[]) => der(0x30, ...contents);
const SHA1 = sequence(Buffer.from('06052b0e03021a0500', 'hex'));
const ECDSA_SHA256 = sequence(Buffer.from('06082a8648ce3d040302', 'hex'));
const BASIC = Buffer.from('06092b0601050507300101', 'hex');
export const GOOD = Buffer.from('8000', 'hex');

export function time(at_ms: number): Buffer {
  return der(0x18, Buffer.from(new Date(at_ms).toISOString().replace(/[-:T]|\.\d+/g, '')));
}

/** What names certificates: their encoded serial number, names and key. */
function partsOf(pem: string) {
  const [body] = readElements(readElements(new X509Certificate(pem).raw, 1)![0]!.content, 3)!;
  const [, serial, , issuer, , subject, spki] = readElements(body!.content, 10)!;
  const key = readElements(spki!.content, 2)![1]!.content.subarray(1);
  return { serial: serial!.whole, issuer: issuer!.whole, subject: subject!.whole, key };
}

const sha1 = (bytes: Buffer) => der(0x04, createHash('sha1').update(bytes).digest());

/** With the hashes of SHA-1, whatever the algorithm says. */
export function certId(leaf: string, issuer: string, algorithm = SHA1): Buffer {
  const { serial, issuer: name } = partsOf(leaf);
  return sequence(algorithm, sha1(name), sha1(partsOf(issuer).key), serial);
}

export interface Single {
  readonly id: Buffer;
  readonly status?: Buffer;
  readonly this_update?: Buffer;
  /** None by default. */
  readonly next_update?: Buffer;
  readonly extensions?: Buffer;
}

export function single({ id, status = GOOD, this_update = time(Date.now()), next_update, extensions }: Single): Buffer {
  const next = next_update === undefined ? [] : [der(0xa0, next_update)];
  const more = extensions === undefined ? [] : [der(0xa1, extensions)];
  return sequence(id, status, this_update, ...next, ...more);
}

export interface Forgery {
  /** PEM of who is said to sign. */
  readonly signer: string;
  /** PEM of the key that does; of P-256, unless the algorithm says otherwise. */
  readonly key: string | KeyObject;
  readonly singles: readonly Buffer[];
  /** DER, along with it. */
  readonly certificates?: readonly Buffer[];
  readonly responder?: Buffer;
  readonly algorithm?: Buffer;
  readonly extensions?: Buffer;
  /** Null for keys that hash by themselves. */
  readonly hash?: string | null;
}

export function forged({ signer, key, singles, certificates = [], ...more }: Forgery): Buffer {
  const {
    responder = der(0xa1, partsOf(signer).subject),
    algorithm = ECDSA_SHA256,
    extensions,
    hash = 'sha256',
  } = more;
  const last = extensions === undefined ? [] : [der(0xa1, extensions)];
  const data = sequence(responder, time(Date.now()), sequence(...singles), ...last);
  const signature = der(0x03, Buffer.of(0), sign(hash, data, typeof key === 'string' ? createPrivateKey(key) : key));
  const along = certificates.length === 0 ? [] : [der(0xa0, sequence(...certificates))];
  return answering(sequence(data, algorithm, signature, ...along));
}

/** The frame of an answer, whatever the answer is. */
export function answering(basic: Buffer): Buffer {
  return sequence(Buffer.from('0a0100', 'hex'), der(0xa0, sequence(BASIC, der(0x04, basic))));
}

/** An Extension that is critical. */
export function criticalExtension(): Buffer {
  return sequence(sequence(Buffer.from('06032a03040101ff', 'hex'), der(0x04, Buffer.from('0500', 'hex'))));
}
