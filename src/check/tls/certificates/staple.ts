import { contentOf, elements, NotDer, TAG } from './der.ts';

const SUCCESSFUL = 0;

/** Whether this is an OCSP response that answers (RFC 6960 section 4.2.1); what it answers is for who trusts its signer. */
export function isOcspResponse(der: Buffer): boolean {
  try {
    const [status, body] = elements(contentOf(der, TAG.sequence), 2);
    return status?.tag === TAG.enumerated && status.content[0] === SUCCESSFUL && body !== undefined;
  } catch (error) {
    if (error instanceof NotDer) return false;
    throw error;
  }
}
