// The ASN.1 library's decorators need the metadata polyfill before its first class is defined. This is the
// only file that knows.
import 'reflect-metadata';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  type GeneralName,
  KeyUsage,
  NameConstraints,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
} from '@peculiar/asn1-x509';

export type { GeneralName };
export {
  AlgorithmIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  KeyUsage,
  NameConstraints,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
};

/**
 * Decodes DER and refuses every other encoding: the library reads BER, so the value is written again and must
 * give the same bytes. What two decoders could read two ways is thereby not read at all.
 *
 * @throws Error on anything that is not the DER of `type`
 */
export function readDer<T>(der: Uint8Array, type: new () => T): T {
  const value = AsnConvert.parse(der, type);
  const again = Buffer.from(AsnConvert.serialize(value));
  if (!again.equals(der)) throw new Error('not DER');
  return value;
}

/**
 * Counts the elements of a SEQUENCE without decoding them, for decoding costs hundreds of times what an element costs
 * to send (X.690 section 8.1). Not a check of the encoding: what is not DER is refused by `readDer`.
 *
 * @returns the elements found, at most `max` + 1
 */
export function countElements(der: Uint8Array, max: number): number {
  let count = 0;
  let at = contentStart(der, 0);
  while (at < der.length && count <= max) {
    const start = contentStart(der, at);
    at = start + contentLength(der, at);
    count += 1;
  }
  return count;
}

/** Tags of one byte and definite lengths, as all of DER that is read here. */
function contentStart(der: Uint8Array, at: number): number {
  const first = der[at + 1] ?? 0;
  return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
}

function contentLength(der: Uint8Array, at: number): number {
  const first = der[at + 1] ?? 0;
  if (first < 0x80) return first;
  return der.subarray(at + 2, contentStart(der, at)).reduce((length, byte) => length * 256 + byte, 0);
}

/** Decodes without the check for canonical form, for structures where old encoders are sloppy but harmless. */
export function readBer<T>(ber: Uint8Array, type: new () => T): T {
  return AsnConvert.parse(ber, type);
}
