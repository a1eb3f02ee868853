/** A small PKI made with openssl: root, intermediate, and leaves that are right or wrong in one way each. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CONFIG = `[ca]
default_ca = any
[any]
new_certs_dir = .
database = index.txt
rand_serial = yes
unique_subject = no
policy = policy
copy_extensions = none
[policy]
commonName = supplied
[req]
distinguished_name = policy
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[middle]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
[no-ca]
basicConstraints = critical, CA:FALSE
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1, DNS:good.example
[other-name]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.2
[client]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = clientAuth
subjectAltName = IP:127.0.0.1
[strange]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1
1.3.6.1.4.1.32473.1 = critical, ASN1:UTF8String:unheard of
[stapling]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1
authorityInfoAccess = OCSP;URI:http://127.0.0.1:9/
tlsfeature = status_request
[responder]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = ignored
[critical]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = OCSPSigning
1.2.3.4 = critical, DER:05:00
[no-signature]
keyUsage = critical, keyEncipherment
extendedKeyUsage = OCSPSigning
[commits]
keyUsage = critical, nonRepudiation
extendedKeyUsage = OCSPSigning
[any-usage]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = anyExtendedKeyUsage
`;

export interface Issue {
  readonly name: string;
  /** A name issued before; its own name for self-signed. */
  readonly by: string;
  readonly extensions:
    | 'root'
    | 'middle'
    | 'no-ca'
    | 'server'
    | 'other-name'
    | 'client'
    | 'strange'
    | 'stapling'
    | 'responder'
    | 'critical'
    | 'wide'
    | 'no-signature'
    | 'commits'
    | 'any-usage';
  /** Options of `openssl genpkey`; P-256 by default. */
  readonly key?: readonly string[];
  readonly digest?: string;
  /** Days from today to the first and to the last. */
  readonly days?: readonly [number, number];
}

const P256 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];
const DAY_MS = 86_400_000;

export class SmallPki {
  readonly folder = mkdtempSync(join(tmpdir(), 'sallyport-pki-'));

  constructor() {
    writeFileSync(join(this.folder, 'any.cnf'), CONFIG);
    writeFileSync(join(this.folder, 'index.txt'), '');
    this.issue({ name: 'root', by: 'root', extensions: 'root' });
    this.issue({ name: 'middle', by: 'root', extensions: 'middle' });
  }

  issue({ name, by, extensions, key = P256, digest = 'sha256', days = [-1, 90] }: Issue): void {
    this.#openssl('genpkey', ...key, '-out', `${name}.key`);
    this.#openssl(
      'req',
      '-new',
      '-config',
      'any.cnf',
      '-key',
      `${name}.key`,
      '-subj',
      `/CN=${name}`,
      '-out',
      'any.csr',
    );
    const [start, end] = days.map(
      (day) => `${new Date(Date.now() + day * DAY_MS).toISOString().replace(/[-:T]|\.\d+/g, '')}`,
    );
    const signer = by === name ? ['-selfsign'] : ['-cert', `${by}.pem`];
    const what = ['-in', 'any.csr', '-out', `${name}.pem`, '-notext', '-startdate', start!, '-enddate', end!];
    const how = ['-extensions', extensions, '-md', digest, '-keyfile', `${by}.key`];
    this.#openssl('ca', '-config', 'any.cnf', '-batch', ...signer, ...how, ...what);
  }

  /** In the index of the CA, which `openssl ocsp` answers by. */
  revoke(name: string, by: string, reason: string): void {
    const signer = ['-keyfile', `${by}.key`, '-cert', `${by}.pem`];
    this.#openssl(
      'ca',
      '-config',
      'any.cnf',
      '-revoke',
      `${name}.pem`,
      '-crl_reason',
      reason,
      '-md',
      'sha256',
      ...signer,
    );
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  pem(...names: readonly string[]): string {
    return names.map((name) => readFileSync(this.file(`${name}.pem`), 'utf8')).join('');
  }

  /** Options of `openssl s_server` that send the first, and then the others. */
  sending(leaf: string, ...others: readonly string[]): string[] {
    const chain = this.file(`${[leaf, ...others].join('+')}.chain`);
    writeFileSync(chain, others.length === 0 ? '' : this.pem(...others));
    const rest = others.length === 0 ? [] : ['-cert_chain', chain];
    const bare = ['-no-CAfile', '-no-CApath', '-no-CAstore'];
    return ['-cert', this.file(`${leaf}.pem`), '-key', this.file(`${leaf}.key`), ...rest, ...bare];
  }

  /** What `openssl verify` says of the leaf as sent, without looking at its own time. */
  isVerified(leaf: string, ...others: readonly string[]): boolean {
    const chain = this.file('untrusted.chain');
    writeFileSync(chain, this.pem(leaf, ...others));
    const args = ['-CAfile', 'root.pem', '-no-CApath', '-no-CAstore', '-untrusted', chain, '-purpose', 'sslserver'];
    try {
      this.#openssl('verify', ...args, '-verify_ip', '127.0.0.1', `${leaf}.pem`);
      return true;
    } catch {
      return false;
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #openssl(...args: readonly string[]): void {
    execFileSync('openssl', args, { cwd: this.folder, stdio: 'ignore' });
  }
}
