// The ASN.1 library's decorators need the metadata polyfill before its first class is defined. This is the
// only file that knows.
import 'reflect-metadata';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  type AlgorithmIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  type GeneralName,
  KeyUsage,
  NameConstraints,
  SubjectAlternativeName,
} from '@peculiar/asn1-x509';

export type { AlgorithmIdentifier, GeneralName };
export { BasicConstraints, Certificate, ExtendedKeyUsage, KeyUsage, NameConstraints, SubjectAlternativeName };

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

/** Decodes without the check for canonical form, for structures where old encoders are sloppy but harmless. */
export function readBer<T>(ber: Uint8Array, type: new () => T): T {
  return AsnConvert.parse(ber, type);
}
