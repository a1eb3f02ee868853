import { contentOf, elements, NotDer, TAG } from './der.ts';

/** What others refer to a certificate by, as it is encoded (RFC 5280 section 4.1). */
export interface CertificateParts {
  /** The content of the INTEGER. */
  readonly serial: Buffer;
  /** Names, whole. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  /** The content of the BIT STRING, without the octet that counts unused bits. */
  readonly key: Buffer;
}

/** @returns null for what is not the DER of a certificate */
export function certificateParts(der: Buffer): CertificateParts | null {
  try {
    const [body] = elements(contentOf(der, TAG.sequence), 3);
    const all = elements(contentOf(body?.whole ?? der, TAG.sequence), 10);
    const [serial, , issuer, , subject, spki] = all[0]?.tag === TAG.context_0 ? all.slice(1) : all;
    if (spki === undefined) throw new NotDer('no certificate');
    const [, key] = elements(contentOf(spki.whole, TAG.sequence), 2);
    if (serial?.tag !== TAG.integer || key?.tag !== TAG.bit_string) throw new NotDer('no certificate');
    return { serial: serial.content, issuer: issuer!.whole, subject: subject!.whole, key: key.content.subarray(1) };
  } catch (error) {
    if (error instanceof NotDer) return null;
    throw error;
  }
}
