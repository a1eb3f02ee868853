import { CertificateUnreadable, ParsedCertificate, readPem } from '../../../core/trust/index.ts';

/** Certificates that are trusted because somebody says so. */
export interface Roots {
  readonly bySubject: (subject: string) => readonly ParsedCertificate[];
  /** Whether this very certificate is one of them, by the SHA-256 of its DER. */
  readonly has: (sha256: string) => boolean;
}

/** Reads them once, when they are first asked for: a store of everybody's roots has 150. What is no certificate is left out. */
export function rootsOf(pems: readonly string[]): Roots {
  let read: { by_subject: ReadonlyMap<string, readonly ParsedCertificate[]>; ids: ReadonlySet<string> } | undefined;
  const all = () => {
    if (read !== undefined) return read;
    const roots = pems.flatMap(certificatesOf);
    read = {
      by_subject: Map.groupBy(roots, ({ subject }) => subject),
      ids: new Set(roots.map(({ thumbprint }) => thumbprint)),
    };
    return read;
  };
  return {
    bySubject: (subject) => all().by_subject.get(subject) ?? [],
    has: (sha256) => all().ids.has(sha256),
  };
}

function certificatesOf(pem: string): ParsedCertificate[] {
  return (readPem(pem) ?? []).flatMap(({ label, der }) => (label === 'CERTIFICATE' ? (tryParse(der) ?? []) : []));
}

/** @returns null for what is no certificate, or a larger one than is looked at */
export function tryParse(der: Buffer): ParsedCertificate | null {
  try {
    return new ParsedCertificate(der);
  } catch (error) {
    if (error instanceof CertificateUnreadable) return null;
    throw error;
  }
}
