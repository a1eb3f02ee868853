/** Roots that are named on the command line. */
import { resolve } from 'node:path';
import { readTextFile } from '../config/read-file.ts';
import { type Fault, LoadError } from '../core/errors/faults.ts';
import { CertificateUnreadable, ParsedCertificate, readPem, writePem } from '../core/trust/index.ts';

/**
 * Every certificate in these PEM files, each as PEM of its own.
 *
 * @throws LoadError with CERT_UNREADABLE for each file that cannot be read, has no certificate, or one that is none
 */
export async function readRoots(files: readonly string[], cwd: string): Promise<readonly string[]> {
  const read = await Promise.all(files.map((file) => readFile(file, cwd)));
  const faults = read.filter((one): one is Fault => !Array.isArray(one));
  if (faults.length > 0) throw new LoadError(faults);
  return read.filter((one) => Array.isArray(one)).flat();
}

async function readFile(file: string, cwd: string): Promise<string[] | Fault> {
  const fault = (problem: string): Fault => ({ code: 'CERT_UNREADABLE', message: `--ca: the file ${problem}`, file });
  const read = await readTextFile(resolve(cwd, file));
  if (!read.ok) return fault(read.problem);
  const ders = (readPem(read.text) ?? []).flatMap(({ label, der }) => (label === 'CERTIFICATE' ? [der] : []));
  if (ders.length === 0) return fault('has no certificate in PEM');
  return ders.every(isCertificate)
    ? ders.map((der) => writePem('CERTIFICATE', der))
    : fault('has a certificate that cannot be read');
}

function isCertificate(der: Buffer): boolean {
  try {
    return new ParsedCertificate(der).subject !== undefined;
  } catch (error) {
    if (error instanceof CertificateUnreadable) return false;
    throw error;
  }
}
