/** What other checkers say of a chain, in the words ours has for it. */
import { findTool } from '../../test/acceptance/harness/tools.ts';
import type { Peer } from './part.ts';
import { NAME } from './peers.ts';
import { runProgram } from './run-program.ts';
import { findingsOf } from './testssl.ts';

/** Null where a tool does not tell. */
export interface ChainSaid {
  /** Certificates on the wire. */
  readonly sent: number | null;
  readonly ordered: boolean | null;
  /** Leads to the private root that was given; whether its time is right is told apart. */
  readonly trusted: boolean | null;
  readonly named: boolean | null;
  readonly in_time: boolean | null;
  /** Such as `RSA 2048`. */
  readonly key: string | null;
  /** The hash of the leaf's signature, such as `SHA-256`. */
  readonly signed_with: string | null;
  readonly asks_client: boolean | null;
}

export function hashOf(signature: string): string | null {
  const [, bits] = /sha-?(1|224|256|384|512)/i.exec(signature) ?? [];
  return bits === undefined ? null : `SHA-${bits}`;
}

/** Of `openssl verify`: certificate is not yet valid, has expired. */
const TIME = new Set([9, 10]);
const HOST_NAME = 62;

export function opensslOfChains(): Peer<ChainSaid> | null {
  const program = findTool('openssl');
  if (program === null) return null;
  return {
    name: 'openssl',
    async ask({ port }, { pki }) {
      const trust = ['-CAfile', pki.root, '-no-CApath', '-no-CAstore', '-verify_hostname', NAME];
      // Its own bounds are left out: here it is asked what is there.
      const lax = ['-legacy_server_connect', '-cipher', 'ALL:@SECLEVEL=0', '-auth_level', '0'];
      const where = ['-connect', `127.0.0.1:${port}`, '-servername', NAME, '-showcerts'];
      const { stdout, stderr } = await runProgram(program, ['s_client', ...where, ...trust, ...lax]);
      const errors = [...stderr.matchAll(/verify error:num=(\d+)/g)].map(([, number]) => Number(number));
      const [, kind = '', bits = ''] = /a:PKEY: ([\w-]+), (\d+) \(bit\)/.exec(stdout) ?? [];
      const [, signature = ''] = /sigalg: (\S+)/.exec(stdout) ?? [];
      return {
        sent: stdout.match(/^ *\d+ s:/gm)?.length ?? null,
        ordered: null,
        trusted: errors.every((number) => TIME.has(number) || number === HOST_NAME),
        named: !errors.includes(HOST_NAME),
        in_time: !errors.some((number) => TIME.has(number)),
        key: bits === '' ? null : `${kind.startsWith('rsa') ? 'RSA' : 'EC'} ${bits}`,
        signed_with: hashOf(signature),
        asks_client: /^Requested Signature Algorithms:/m.test(stdout),
      };
    },
  };
}

export function sslscanOfChains(): Peer<ChainSaid> | null {
  const program = findTool('sslscan');
  if (program === null) return null;
  const parts = ['--xml=-', '--show-certificate', '--no-ciphersuites', '--no-groups', '--no-heartbleed'];
  return {
    name: 'sslscan',
    async ask({ port }) {
      const { stdout } = await runProgram(program, [...parts, `--sni-name=${NAME}`, `127.0.0.1:${port}`]);
      const [, kind, bits] = /<pk error="false" type="(\w+)" bits="(\d+)"/.exec(stdout) ?? [];
      const [, expired] = /<expired>(\w+)<\/expired>/.exec(stdout) ?? [];
      const [, signature = ''] = /<signature-algorithm>([^<]*)</.exec(stdout) ?? [];
      return {
        sent: null,
        ordered: null,
        trusted: null,
        named: null,
        in_time: expired === undefined ? null : expired === 'false',
        key: kind === undefined ? null : `${kind} ${bits}`,
        signed_with: hashOf(signature),
        asks_client: null,
      };
    },
  };
}

export function testsslOfChains(): Peer<ChainSaid> | null {
  const program = findTool('testssl');
  if (program === null) return null;
  return {
    name: 'testssl',
    async ask({ port }, { pki }) {
      const found = await findingsOf(program, ['-S', '--add-ca', pki.root], { name: NAME, port });
      /** Null where it says nothing of it. */
      const says = (id: string, words: RegExp) => {
        const finding = found.get(id);
        return finding === undefined ? null : words.test(finding);
      };
      const [, kind, bits] = /^(\w+) (\d+) bits/.exec(found.get('cert_keySize') ?? '') ?? [];
      const expired = says('cert_expirationStatus', /^expired/);
      const asked = says('clientAuth', /^(optional|required)/);
      return {
        sent: Number(found.get('certs_countServer') ?? Number.NaN) || null,
        ordered: says('certs_list_ordering_problem', /^no/),
        // It says of an expired one that, and no more.
        trusted: expired === true ? null : says('cert_chain_of_trust', /^passed/),
        named: says('cert_trust', /^Ok/),
        in_time: expired === null ? null : !expired,
        key: kind === undefined ? null : `${kind} ${bits}`,
        signed_with: hashOf(found.get('cert_signatureAlgorithm') ?? ''),
        asks_client: asked,
      };
    },
  };
}
