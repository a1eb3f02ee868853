import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type Fault, type FaultCode, LoadError } from '../errors/faults.ts';
import { judgeKey } from './key-policy.ts';
import type { IdentityFiles } from './server-identity.ts';

/**
 * Reads a private key of ours from a file that is its owner's alone.
 *
 * @param faults take what is wrong with it: CONFIG_FILE, CONFIG_FILE_MODE, KEY_UNREADABLE, KEY_WEAK
 * @returns null where there is no key to go on with
 */
export function readPrivateKey(path: string, files: Pick<IdentityFiles, 'secret'>, faults: Fault[]): KeyObject | null {
  const report = (code: FaultCode, message: string, suggestion?: string) =>
    void faults.push({ code, file: path, message, ...(suggestion === undefined ? {} : { suggestion }) });
  let text: Buffer;
  try {
    text = files.secret(path);
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    faults.push(...error.faults);
    return null;
  }
  const key = parseKey(text);
  if (!key) {
    const hint = 'Give an unencrypted PEM key (PKCS #8, PKCS #1 or SEC 1) that only the gate can read.';
    report('KEY_UNREADABLE', 'the private key cannot be read', hint);
    return null;
  }
  const verdict = judgeKey(key);
  if (!verdict.ok) report('KEY_WEAK', verdict.reason);
  return key;
}

/** The library's message is dropped: it may hold parts of the input. */
function parseKey(pem: Buffer): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}
