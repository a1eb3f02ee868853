import { BoundedMap } from './bounded-map.ts';
import { type ParsedCertificate, thumbprint } from './certificate.ts';

/**
 * Remembers what never changes about certificates of paths that were accepted: how they parse, and who signed
 * them. Times, constraints and the trust store are looked at again every time. Only accepted paths enter, so a
 * stranger cannot push out what is known.
 */
export class PathMemory {
  readonly #certificates: BoundedMap<string, ParsedCertificate>;
  readonly #signatures: BoundedMap<string, true>;

  constructor(max_entries: number) {
    this.#certificates = new BoundedMap(max_entries);
    this.#signatures = new BoundedMap(max_entries * 2);
  }

  recall(der: Buffer): ParsedCertificate | undefined {
    return this.#certificates.get(thumbprint(der));
  }

  isKnownSignature(subject: ParsedCertificate, issuer: ParsedCertificate): boolean {
    return this.#signatures.get(edge(subject, issuer)) ?? false;
  }

  /** @param path from leaf to anchor, every signature verified */
  remember(path: readonly ParsedCertificate[]): void {
    for (const [index, certificate] of path.entries()) {
      this.#certificates.set(certificate.thumbprint, certificate);
      const issuer = path[index + 1];
      if (issuer) this.#signatures.set(edge(certificate, issuer), true);
    }
  }
}

function edge(subject: ParsedCertificate, issuer: ParsedCertificate): string {
  return `${subject.thumbprint}${issuer.thumbprint}`;
}
