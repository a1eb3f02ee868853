import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';
import { type Fault, type FaultCode, LoadError } from '../errors/faults.ts';
import { CertificateUnreadable, ParsedCertificate } from './certificate.ts';
import { readPem, writePem } from './pem.ts';
import { readPrivateKey } from './private-key.ts';
import { readSecretFile } from './secret-file.ts';
import { judgeServerChain } from './server-chain.ts';

export interface ServerIdentityRequest {
  /** PEM file: the server's certificate first, then each issuer in turn. */
  readonly chain_path: string;
  /** PEM file with the unencrypted private key; owner-only. */
  readonly key_path: string;
  /** Host names or IP addresses the certificate has to cover. */
  readonly names: readonly string[];
  readonly now_ms: number;
  /** Default: the files on disk. */
  readonly files?: IdentityFiles;
}

/** How the two files are read. */
export interface IdentityFiles {
  /** UTF-8 text. @throws an error of the file system */
  text(path: string): string;
  /** @throws LoadError where the file is not the owner's alone */
  secret(path: string): Buffer;
}

export const diskFiles: IdentityFiles = { text: (path) => readFileSync(path, 'utf8'), secret: readSecretFile };

export interface ServerIdentity {
  /** PEM, leaf first, without the root: what is sent to clients. */
  readonly cert: string;
  /** PEM. A secret: never to be logged. */
  readonly key: string;
  /** The earliest end of the certificates sent. */
  readonly not_after_ms: number;
  /** SHA-256 of the leaf's DER, lower-case hex. */
  readonly thumbprint: string;
}

type Report = (code: FaultCode, message: string, suggestion?: string) => void;

/**
 * Loads the certificate chain and key of a listener (controls TLS-6, TLS-7, TLS-8).
 *
 * @throws LoadError with every fault found: CONFIG_FILE, CONFIG_FILE_MODE, CERT_UNREADABLE, CERT_CHAIN, CERT_EXPIRED,
 * CERT_NAME, KEY_UNREADABLE, KEY_WEAK, KEY_MISMATCH
 */
export function loadServerIdentity(request: ServerIdentityRequest): ServerIdentity {
  const { chain_path, key_path, names, now_ms, files = diskFiles } = request;
  const faults: Fault[] = [];
  const report = (file: string): Report => {
    return (code, message, suggestion) =>
      void faults.push({ code, file, message, ...(suggestion === undefined ? {} : { suggestion }) });
  };
  const key = readPrivateKey(key_path, files, faults);
  const chain = readChain(chain_path, files, report(chain_path));
  const leaf = chain[0];
  if (leaf) {
    // Mozilla's list, as built into the runtime.
    judgeServerChain({ chain, public_roots: rootCertificates, now_ms, report: report(chain_path) });
    checkNames(leaf, names, report(chain_path));
    if (key && !leaf.x509.checkPrivateKey(key)) {
      const message = `the key does not belong to the first certificate of ${chain_path}`;
      report(key_path)(
        'KEY_MISMATCH',
        message,
        'Give the key the certificate was issued for, or put that certificate first.',
      );
    }
  }
  if (faults.length > 0 || !leaf || !key) throw new LoadError(faults);
  const sent = chain.filter((certificate, index) => index === 0 || !certificate.self_issued);
  return {
    cert: sent.map((certificate) => writePem('CERTIFICATE', certificate.der)).join(''),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    not_after_ms: Math.min(...sent.map((certificate) => certificate.not_after_ms)),
    thumbprint: leaf.thumbprint,
  };
}

function readChain(path: string, files: IdentityFiles, report: Report): ParsedCertificate[] {
  let text: string;
  try {
    text = files.text(path);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    report(
      'CONFIG_FILE',
      `the certificate chain cannot be opened (${reason})`,
      reason === 'ENOENT' ? 'Put it there, or correct the path.' : "Give the gate's user the right to read it.",
    );
    return [];
  }
  // Some tools put the key into the same file; only the certificates are of interest here.
  const blocks = readPem(text)?.filter((block) => block.label === 'CERTIFICATE');
  if (!blocks || blocks.length === 0) {
    report('CERT_UNREADABLE', 'no PEM certificates could be read', 'Give the certificate and its issuers as PEM text.');
    return [];
  }
  const chain = blocks.map((block, index) => parseCertificate(block.der, index, report));
  return chain.every((certificate) => certificate !== null) ? chain : [];
}

function parseCertificate(der: Buffer, index: number, report: Report): ParsedCertificate | null {
  try {
    const certificate = new ParsedCertificate(der);
    return certificate.extensions ? certificate : null;
  } catch (error) {
    if (!(error instanceof CertificateUnreadable)) throw error;
    report('CERT_UNREADABLE', `certificate ${index + 1} cannot be read: ${error.message}`);
    return null;
  }
}

/** Only subjectAltName counts (RFC 9525 section 6.3). */
function checkNames(leaf: ParsedCertificate, names: readonly string[], report: Report): void {
  for (const name of names) {
    const covered = isIP(name) ? leaf.x509.checkIP(name) : leaf.x509.checkHost(name, { subject: 'never' });
    if (covered !== undefined) continue;
    const found = leaf.x509.subjectAltName ?? 'none';
    report('CERT_NAME', `the certificate does not cover ${name} (it has: ${found})`, `Issue it for ${name} too.`);
  }
}
