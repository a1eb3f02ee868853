import type { ParsedCertificate } from '../../../core/trust/index.ts';
import { provesSigner } from './describe-certificate.ts';

/** Most signatures that are verified for one chain, whatever its certificates say of each other. */
const MAX_SIGNATURES = 48;

/** Who signed whom, each pair verified once. */
export class Signatures {
  readonly #known = new Map<string, boolean>();

  /** By name and signature. False where more was asked than any honest chain needs, and by a key that proves nothing. */
  isIssuedBy(subject: ParsedCertificate, issuer: ParsedCertificate): boolean {
    if (subject.issuer !== issuer.subject) return false;
    const pair = `${subject.thumbprint} ${issuer.thumbprint}`;
    const known = this.#known.get(pair);
    if (known !== undefined) return known;
    if (this.#known.size >= MAX_SIGNATURES) return false;
    const verified = provesSigner(issuer.public_key) && subject.isSignedBy(issuer);
    this.#known.set(pair, verified);
    return verified;
  }
}
