import { type KeyObject, X509Certificate } from 'node:crypto';
import { type Fault, LoadError } from '../errors/faults.ts';
import { readPrivateKey } from './private-key.ts';
import type { IdentityFiles } from './server-identity.ts';

export interface CaKeyRequest {
  /** PEM text, the certificate of the CA first. */
  readonly certificate: string;
  /** PEM file with the unencrypted private key; owner-only. */
  readonly key_path: string;
  readonly files: Pick<IdentityFiles, 'secret'>;
}

/**
 * Reads the key of a CA.
 *
 * @throws LoadError with every fault found: CONFIG_FILE, CONFIG_FILE_MODE, KEY_UNREADABLE, KEY_WEAK, KEY_MISMATCH
 */
export function readCaKey({ certificate, key_path, files }: CaKeyRequest): KeyObject {
  const faults: Fault[] = [];
  const key = readPrivateKey(key_path, files, faults);
  if (key !== null && !new X509Certificate(certificate).checkPrivateKey(key)) {
    faults.push({
      code: 'KEY_MISMATCH',
      file: key_path,
      message: 'the key does not belong to the certificate of the CA',
      suggestion: 'Give the key that this CA signs with.',
    });
  }
  if (key === null || faults.length > 0) throw new LoadError(faults);
  return key;
}
