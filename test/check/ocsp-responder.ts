/** Responses as `openssl ocsp` makes them for a small PKI, and what it says of any. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { SmallPki } from './pki.ts';

export interface Ordered {
  /** Names of certificates of the PKI. */
  readonly leaf: string;
  readonly issuer: string;
  readonly signer: string;
  /** Options of the CertID, such as `-sha256`; SHA-1 by default. */
  readonly id?: readonly string[];
  /** Options of the responder. */
  readonly options?: readonly string[];
  /** The index of the CA; that of the PKI by default. */
  readonly index?: string;
}

const DAYS = ['-ndays', '4'];

/** DER, written to `response.der` too. */
export function ordered(pki: SmallPki, order: Ordered): Buffer {
  const { leaf, issuer, signer, id = [], options = DAYS, index = 'index.txt' } = order;
  const ca = `${issuer}.pem`;
  openssl(pki, ['-no_nonce', ...id, '-issuer', ca, '-cert', `${leaf}.pem`, '-reqout', 'request.der']);
  const by = ['-index', index, '-CA', ca, '-rsigner', `${signer}.pem`, '-rkey', `${signer}.key`];
  openssl(pki, [...by, ...options, '-reqin', 'request.der', '-respout', 'response.der']);
  return readFileSync(pki.file('response.der'));
}

export interface Said {
  /** Signature and signer. */
  readonly verified: boolean;
  /** Null where it says nothing of the certificate. */
  readonly status: string | null;
  readonly in_time: boolean;
}

/** What a client of openssl says of a response about this leaf, by the root of the PKI. */
export function saidByOpenssl(pki: SmallPki, response: Buffer, { leaf, issuer, id = [] }: Ordered): Said {
  writeFileSync(pki.file('given.der'), response);
  writeFileSync(pki.file('known.chain'), pki.pem('middle'));
  const known = ['-CAfile', 'root.pem', '-no-CApath', '-no-CAstore', '-verify_other', 'known.chain'];
  const about = [...id, '-issuer', `${issuer}.pem`, '-cert', `${leaf}.pem`, '-validity_period', '0'];
  const { stdout, stderr } = openssl(pki, ['-no_nonce', '-respin', 'given.der', ...about, ...known]);
  const said = `${stdout}\n${stderr}`;
  return {
    verified: said.includes('Response verify OK'),
    status: new RegExp(`^${leaf}\\.pem: (good|revoked|unknown)$`, 'm').exec(said)?.[1] ?? null,
    in_time: !said.includes('Status times invalid'),
  };
}

function openssl(pki: SmallPki, args: readonly string[]) {
  return spawnSync('openssl', ['ocsp', ...args], { cwd: pki.folder, encoding: 'utf8' });
}
