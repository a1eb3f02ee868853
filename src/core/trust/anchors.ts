import { type Fault, type FaultCode, LoadError } from '../errors/faults.ts';
import { CertificateUnreadable, ParsedCertificate } from './certificate.ts';
import { PathMemory } from './path-memory.ts';
import { readPem } from './pem.ts';

/** A root certificate the operator trusts, under the name it has in the configuration. */
export interface Anchor {
  /** The trust name; several roots may stand under one. */
  readonly name: string;
  /** SHA-256 of the DER, lower-case hex. */
  readonly id: string;
  readonly certificate: ParsedCertificate;
}

/** What client certificates are verified against. Immutable but for its memory, which only saves work. */
export interface TrustStore {
  readonly anchors: readonly Anchor[];
  /** Roots by the text of their subject. */
  readonly anchors_by_subject: ReadonlyMap<string, readonly Anchor[]>;
  /** Intermediates from the bundles, for clients that send their leaf alone. They are no anchors. */
  readonly intermediates_by_subject: ReadonlyMap<string, readonly ParsedCertificate[]>;
  readonly memory: PathMemory;
}

export interface TrustBundle {
  readonly name: string;
  /** PEM text: one or more CA certificates, at least one of them a root. */
  readonly pem: string;
  /** Where the text came from, for faults. */
  readonly file?: string;
}

export interface TrustStoreOptions {
  readonly now_ms: number;
  /** Verified certificates whose parsing and signatures are remembered; default 1,024, about 8 MB at most. */
  readonly memory_entries?: number;
}

interface BundleEntry {
  readonly bundle: TrustBundle;
  readonly certificate: ParsedCertificate;
}

const DEFAULT_MEMORY_ENTRIES = 1024;

/**
 * Reads the bundles of a zone (or of a gate). Self-signed CA certificates become anchors, other CA certificates
 * help to build paths to them.
 *
 * A key that stands under two names is refused: the trust name decides who a certificate can name, so it must
 * follow from the path alone.
 *
 * @throws LoadError with CERT_UNREADABLE, CERT_CHAIN (no CA, no root, does not verify), CERT_EXPIRED (no root of the
 * bundle is valid now), KEY_WEAK, CONFIG_DUPLICATE
 */
export function createTrustStore(bundles: readonly TrustBundle[], options: TrustStoreOptions): TrustStore {
  const faults: Fault[] = [];
  const entries = bundles.flatMap((bundle) => readBundle(bundle, options.now_ms, faults));
  const roots = entries.filter(({ certificate }) => certificate.self_issued);
  faults.push(...findSharedKeys(roots));
  if (faults.length > 0) throw new LoadError(faults);
  const anchors = distinct(roots).map(({ bundle, certificate }) => ({
    name: bundle.name,
    id: certificate.thumbprint,
    certificate,
  }));
  const intermediates = distinct(entries.filter(({ certificate }) => !certificate.self_issued));
  return {
    anchors,
    anchors_by_subject: Map.groupBy(anchors, (anchor) => anchor.certificate.subject),
    intermediates_by_subject: Map.groupBy(
      intermediates.map((entry) => entry.certificate),
      (certificate) => certificate.subject,
    ),
    memory: new PathMemory(options.memory_entries ?? DEFAULT_MEMORY_ENTRIES),
  };
}

function readBundle(bundle: TrustBundle, now_ms: number, faults: Fault[]): BundleEntry[] {
  const fault = (code: FaultCode, message: string, suggestion?: string) =>
    void faults.push({
      code,
      message: `trust ${bundle.name}: ${message}`,
      ...(bundle.file === undefined ? {} : { file: bundle.file }),
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  const blocks = readPem(bundle.pem);
  if (!blocks || blocks.length === 0) {
    fault('CERT_UNREADABLE', 'no PEM certificates could be read', 'Give CA certificates as PEM text.');
    return [];
  }
  const entries: BundleEntry[] = [];
  for (const [index, block] of blocks.entries()) {
    const place = `certificate ${index + 1}`;
    if (block.label !== 'CERTIFICATE') {
      fault(
        'CERT_UNREADABLE',
        `${place} is a ${block.label}`,
        'A trust bundle holds CA certificates and nothing else.',
      );
      continue;
    }
    const certificate = readCa(block.der, place, fault);
    if (certificate) entries.push({ bundle, certificate });
  }
  const roots = entries.filter(({ certificate }) => certificate.self_issued);
  if (roots.length === 0 && entries.length === blocks.length) {
    fault('CERT_CHAIN', 'no self-signed root stands in the bundle', 'Add the root certificate of the CA.');
  }
  if (roots.length > 0 && !roots.some(({ certificate }) => isValidAt(certificate, now_ms))) {
    fault('CERT_EXPIRED', 'no root of the bundle is valid now', 'Ask the CA for its current root.');
  }
  return entries;
}

function readCa(
  der: Buffer,
  place: string,
  fault: (code: FaultCode, message: string, suggestion?: string) => void,
): ParsedCertificate | null {
  const certificate = tryRead(der);
  if (typeof certificate === 'string') {
    fault('CERT_UNREADABLE', `${place} cannot be read: ${certificate}`);
    return null;
  }
  const verdict = certificate.key_verdict;
  if (!verdict.ok) fault('KEY_WEAK', `${place}: ${verdict.reason}`);
  else if (!mayIssue(certificate)) {
    fault(
      'CERT_CHAIN',
      `${place} is not a CA certificate`,
      'Pin single certificates as a credential thumbprint instead.',
    );
  } else if (certificate.subject === '') fault('CERT_CHAIN', `${place} has an empty subject and can issue nothing`);
  else if (certificate.self_issued && !certificate.isSignedBy(certificate)) {
    fault('CERT_CHAIN', `${place} names itself as issuer but its signature does not verify`);
  } else if (!certificate.self_issued && certificate.signature_hash === null) {
    fault('CERT_CHAIN', `${place} is signed with an algorithm that is not accepted`);
  } else return certificate;
  return null;
}

/** The certificate with its extensions read, or why not. */
function tryRead(der: Buffer): ParsedCertificate | string {
  try {
    const certificate = new ParsedCertificate(der);
    return certificate.extensions ? certificate : 'unreadable';
  } catch (error) {
    if (error instanceof CertificateUnreadable) return error.message;
    throw error;
  }
}

function mayIssue({ extensions }: ParsedCertificate): boolean {
  return extensions.ca && (extensions.key_usage?.cert_sign ?? true);
}

function isValidAt(certificate: ParsedCertificate, now_ms: number): boolean {
  return certificate.not_before_ms <= now_ms && now_ms <= certificate.not_after_ms;
}

/** The same certificate in two bundles of one name, or twice in one bundle, is harmless. */
function distinct(entries: readonly BundleEntry[]): BundleEntry[] {
  return [...new Map(entries.map((entry) => [entry.certificate.thumbprint, entry])).values()];
}

function findSharedKeys(roots: readonly BundleEntry[]): Fault[] {
  const names = new Map<string, string>();
  return roots.flatMap(({ bundle, certificate }) => {
    const key = certificate.public_key?.export({ type: 'spki', format: 'der' }).toString('base64') ?? '';
    const other = names.get(key) ?? bundle.name;
    names.set(key, other);
    if (other === bundle.name) return [];
    return {
      code: 'CONFIG_DUPLICATE' as const,
      message: `trust ${bundle.name} and trust ${other} hold the same root key`,
      ...(bundle.file === undefined ? {} : { file: bundle.file }),
      suggestion: 'Put each root under one trust name.',
    };
  });
}
