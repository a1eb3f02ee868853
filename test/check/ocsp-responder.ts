/** Responses as `openssl ocsp` makes them for a small PKI, and what it says of any. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { SmallPki } from './pki.ts';

/** A CA `middle` with leaves that must staple, one of them revoked, and responders that may sign and may not; one of each kind of key. */
export function createStaplingPki(): SmallPki {
  const pki = new SmallPki();
  const [by, extensions] = ['middle', 'responder'] as const;
  for (const name of ['leaf', 'revoked', 'sibling']) pki.issue({ name, by, extensions: 'stapling' });
  pki.issue({ name: 'responder', by, extensions });
  pki.issue({ name: 'rsa', by, extensions, key: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'] });
  pki.issue({ name: 'pss', by, extensions, key: ['-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048'] });
  pki.issue({ name: 'p384', by, extensions, key: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'] });
  pki.issue({ name: 'ed25519', by, extensions, key: ['-algorithm', 'ED25519'] });
  pki.issue({ name: 'expired', by, extensions, days: [-90, -2] });
  pki.issue({ name: 'other-ca', by: 'root', extensions });
  pki.issue({ name: 'stranger', by: 'stranger', extensions: 'root' });
  pki.revoke('revoked', 'middle', 'keyCompromise');
  writeFileSync(pki.file('empty.txt'), '');
  return pki;
}

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

/** DER. */
export function ordered(pki: SmallPki, order: Ordered): Buffer {
  const { leaf, issuer, signer, id = [], options = DAYS, index = 'index.txt' } = order;
  const ca = `${issuer}.pem`;
  rmSync(pki.file('response.der'), { force: true });
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
