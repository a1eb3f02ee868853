/** Certificates of every kind a server is met with, right and wrong. */
import { execFileSync } from 'node:child_process';
import { getDiffieHellman } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dhParameters } from './dh-parameters.ts';

/** Paths of PEM files; `cert` holds the chain as it is to be sent. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface LabPki {
  /** The private root. */
  readonly root: string;
  /** Leaf, intermediate; for localhost and 127.0.0.1. */
  readonly rsa: KeyPair;
  readonly ecdsa: KeyPair;
  /** Intermediate, root and leaf in the wrong order: leaf, root, intermediate. */
  readonly misordered: KeyPair;
  /** The leaf alone. */
  readonly incomplete: KeyPair;
  readonly expired: KeyPair;
  readonly wrong_name: KeyPair;
  readonly rsa1024: KeyPair;
  readonly sha1: KeyPair;
  readonly self_signed: KeyPair;
  /** PKCS #3, of 1024 bits. */
  readonly dh1024: string;
}

const NAMES = 'DNS:localhost,IP:127.0.0.1';

interface Leaf {
  readonly name: string;
  readonly key: string;
  readonly names?: string;
  readonly digest?: string;
  readonly days?: readonly string[];
}

/** Made anew each time: about a second. */
export function createLabPki(folder: string): LabPki {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const text = (name: string) => readFileSync(at(name), 'utf8');
  const key = (name: string, ...kind: string[]) => {
    openssl('genpkey', ...kind, '-out', at(`${name}.key`));
    return at(`${name}.key`);
  };
  const P256 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const RSA = (bits: number) => ['-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${bits}`];

  const sign = (name: string, issuer: string, subject: string, extensions: string, rest: readonly string[]) => {
    openssl('req', '-new', '-key', at(`${subject}.key`), '-subj', `/CN=Laboratory ${name}`, '-out', at('request'));
    writeFileSync(at('extensions'), extensions);
    const ca = ['-CA', at(`${issuer}.pem`), '-CAkey', at(`${issuer}.key`), '-CAcreateserial'];
    openssl(
      'x509',
      '-req',
      '-in',
      at('request'),
      ...ca,
      '-extfile',
      at('extensions'),
      ...rest,
      '-out',
      at(`${name}.pem`),
    );
  };
  const leaf = ({ name, key: subject, names = NAMES, digest = '-sha256', days = ['-days', '30'] }: Leaf): KeyPair => {
    const usage = 'keyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth';
    sign(name, 'intermediate', subject, `subjectAltName=${names}\n${usage}\n`, [digest, ...days]);
    return chain(`${name}-chain`, subject, [name, 'intermediate']);
  };
  const chain = (name: string, subject: string, parts: readonly string[]): KeyPair => {
    writeFileSync(at(`${name}.pem`), parts.map((part) => text(`${part}.pem`)).join(''));
    return { cert: at(`${name}.pem`), key: at(`${subject}.key`) };
  };

  key('root', ...P256);
  const authority = ['-subj', '/CN=Laboratory root', '-days', '365'];
  openssl('req', '-x509', '-key', at('root.key'), ...authority, '-out', at('root.pem'));
  key('intermediate', ...RSA(2048));
  sign('intermediate', 'root', 'intermediate', 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n', [
    ...['-days', '300'],
  ]);
  key('rsa', ...RSA(2048));
  key('ecdsa', ...P256);
  key('rsa1024', ...RSA(1024));
  const own = ['-subj', '/CN=Laboratory self', '-addext', `subjectAltName=${NAMES}`, '-days', '30'];
  openssl('req', '-x509', '-key', at('rsa.key'), ...own, '-out', at('self.pem'));
  writeFileSync(at('dh1024.pem'), dhParameters(getDiffieHellman('modp2').getPrime()));
  return {
    root: at('root.pem'),
    rsa: leaf({ name: 'rsa', key: 'rsa' }),
    ecdsa: leaf({ name: 'ecdsa', key: 'ecdsa' }),
    misordered: chain('misordered', 'rsa', ['rsa', 'root', 'intermediate']),
    incomplete: chain('incomplete', 'rsa', ['rsa']),
    expired: leaf({ name: 'expired', key: 'rsa', days: ['-days', '-1'] }),
    wrong_name: leaf({ name: 'wrong-name', key: 'rsa', names: 'DNS:other.example' }),
    rsa1024: leaf({ name: 'rsa1024', key: 'rsa1024' }),
    sha1: leaf({ name: 'sha1', key: 'rsa', digest: '-sha1' }),
    self_signed: { cert: at('self.pem'), key: at('rsa.key') },
    dh1024: at('dh1024.pem'),
  };
}
