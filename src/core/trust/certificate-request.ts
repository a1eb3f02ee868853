/** Requests for certificates (PKCS #10, RFC 2986), read by who asks for one and by nobody who holds a secret. */

import { createPublicKey, type KeyObject } from 'node:crypto';
import { readElements, TAG } from '../../protocol/der/elements.ts';
import type { IssueCode } from '../errors/index.ts';
import type { KeyFacts } from './key-policy.ts';
import { judgeKey } from './key-policy.ts';
import { readPem } from './pem.ts';
import { type PublicJwk, publicJwk, readPublicJwk } from './public-jwk.ts';
import { type Signed, verifySigned } from './signed.ts';

/** Real ones have 300 to 3,000 bytes. */
export const MAX_REQUEST_BYTES = 32 * 1024;

export type RequestVerdict =
  | {
      readonly ok: true;
      readonly key: PublicJwk;
      readonly facts: KeyFacts;
      /** What else stands in it: nothing of that is looked at. */
      readonly ignored: readonly ('subject' | 'attributes')[];
    }
  | {
      readonly ok: false;
      readonly code: Extract<IssueCode, 'ISSUE_REQUEST' | 'ISSUE_PROOF' | 'ISSUE_KEY'>;
      /** For operators; holds nothing from the request but OIDs. */
      readonly reason: string;
    };

type Refused = Extract<RequestVerdict, { ok: false }>;

const LABELS: readonly string[] = ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'];
/** How the length of an element begins from 128 octets on, up to 16 MiB; no text in UTF-8 has these second. */
const LONG_LENGTHS: readonly number[] = [0x81, 0x82, 0x83];
/**
 * Reads a request, and proves that whoever made it holds the private key. Names and attributes in it are passed over: a
 * certificate says what the registry says.
 *
 * @param file PEM or DER. Never throws, whatever it holds
 */
export function readCertificateRequest(file: Buffer): RequestVerdict {
  const der = derOf(file);
  if ('ok' in der) return der;
  const parts = partsOf(der);
  if (parts === null) return malformed('it is not the DER of one PKCS #10 request');
  const key = keyOf(parts.spki);
  if (key === null) return weak('the public key cannot be read');
  const policy = judgeKey(key);
  if (!policy.ok) return weak(policy.reason);
  const jwk = jwkOf(key);
  if (jwk === null) return weak(`a key of type ${policy.facts.type} is not certified here`);
  const verdict = readPublicJwk(jwk);
  if (!verdict.ok) return weak(verdict.reason);
  const proof = prove(parts, key);
  if (proof !== null) return { ok: false, code: 'ISSUE_PROOF', reason: proof };
  const ignored = [
    ...(parts.has_subject ? (['subject'] as const) : []),
    ...(parts.has_attributes ? (['attributes'] as const) : []),
  ];
  return { ok: true, key: jwk, facts: verdict.facts, ignored };
}

function derOf(file: Buffer): Buffer | Refused {
  if (file.length > MAX_REQUEST_BYTES) return malformed('it is larger than 32 KiB');
  if (isDer(file)) return file;
  const blocks = readPem(file.toString('latin1')) ?? [];
  if (blocks.some(({ label }) => label.endsWith('PRIVATE KEY'))) {
    return malformed('a private key stands in it, which nobody but its owner should have');
  }
  const [block, ...more] = blocks.filter(({ label }) => LABELS.includes(label));
  if (block === undefined || more.length > 0) return malformed('one PEM block CERTIFICATE REQUEST is expected');
  return block.der;
}

/** A text may begin with the character that is the tag; but no request is so short that its length is one octet. */
function isDer(file: Buffer): boolean {
  if (file[0] !== TAG.sequence) return false;
  return LONG_LENGTHS.includes(file[1] ?? 0) || !file.includes('-----BEGIN ');
}

interface Parts extends Signed {
  readonly spki: Uint8Array;
  readonly has_subject: boolean;
  readonly has_attributes: boolean;
}

/** RFC 2986 section 4. Attributes may be left out, as some tools do. */
function partsOf(der: Buffer): Parts | null {
  const outer = readElements(der, 1)?.[0];
  if (outer?.tag !== TAG.sequence) return null;
  const [info, algorithm, signature, none] = readElements(outer.content, 3) ?? [];
  if (info?.tag !== TAG.sequence || algorithm?.tag !== TAG.sequence || none !== undefined) return null;
  if (signature?.tag !== TAG.bit_string || signature.content[0] !== 0) return null;
  const [version, subject, spki, attributes] = readElements(info.content, 4) ?? [];
  if (version?.tag !== TAG.integer || version.content.length !== 1 || version.content[0] !== 0) return null;
  if (subject?.tag !== TAG.sequence || spki?.tag !== TAG.sequence) return null;
  if (attributes !== undefined && attributes.tag !== TAG.context_0) return null;
  return {
    info: info.whole,
    spki: spki.whole,
    algorithm: algorithm.whole,
    signature: signature.content.subarray(1),
    has_subject: subject.content.length > 0,
    has_attributes: (attributes?.content.length ?? 0) > 0,
  };
}

function keyOf(spki: Uint8Array): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}

/** @returns why nothing is proven, or null */
function prove(parts: Parts, key: KeyObject): string | null {
  const failed = verifySigned(parts, key);
  if (failed === null) return null;
  switch (failed.failure) {
    case 'unreadable':
      return 'its signature algorithm cannot be read';
    case 'not-accepted':
      return `its signature algorithm ${failed.oid} is not accepted`;
    case 'other-key':
      return 'its signature algorithm is not one for its key';
    case 'parameters':
      return 'its signature algorithm has parameters that it does not have';
    case 'broken':
      return 'its signature does not verify';
  }
}

function jwkOf(key: KeyObject): PublicJwk | null {
  try {
    return publicJwk.safeParse(key.export({ format: 'jwk' })).data ?? null;
  } catch {
    return null;
  }
}

const malformed = (reason: string): Refused => ({ ok: false, code: 'ISSUE_REQUEST', reason });
const weak = (reason: string): Refused => ({ ok: false, code: 'ISSUE_KEY', reason });
