/** What servers prove themselves with: chains that are wrong in one way each, and the client certificates they ask for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_POLICY } from '../../src/check/policies/index.ts';
import { freePort } from '../../test/acceptance/harness/nginx.ts';
import { missingTools } from '../../test/acceptance/harness/tools.ts';
import type { KeyPair, LabPki } from '../../test/check/lab/pki.ts';
import { type LabServer, startServer } from '../../test/check/lab/process.ts';
import { startSoftware } from '../../test/check/lab/software.ts';
import { checked } from '../../test/check/servers.ts';
import { type ChainSaid, hashOf, opensslOfChains, sslscanOfChains, testsslOfChains } from './chain-peers.ts';
import type { Laboratory, Part, Subject } from './part.ts';
import { NAME } from './peers.ts';

export function chains(): Part<ChainSaid> {
  return {
    id: 'chains',
    title: 'What servers prove themselves with',
    columns: ['certificates', 'order', 'leads to its root', 'name', 'time', 'key', 'signed with', 'client certificate'],
    subjects: subjects(),
    missing: [missingTools('nginx'), missingTools('gnutls-serv')].filter((why) => why !== false),
    peers: [opensslOfChains(), sslscanOfChains(), testsslOfChains()].filter((peer) => peer !== null),
    ours,
    cells: (own) => [
      String(own.sent),
      own.ordered ? 'right' : 'wrong',
      own.trusted ? 'yes' : 'no',
      own.named ? 'right' : 'wrong',
      own.in_time ? 'right' : 'over',
      own.key ?? '',
      own.signed_with ?? '',
      own.asks_client ? 'asked for' : 'no',
    ],
    differences,
  };
}

/** What nginx takes old certificates with. */
const LAX = ['ssl_protocols TLSv1.2 TLSv1.3;', 'ssl_ciphers ALL:@SECLEVEL=0;'];

type Chosen = (pki: LabPki) => KeyPair;

const CHAINS: readonly (readonly [name: string, chosen: Chosen])[] = [
  ['RSA, as it should be', ({ rsa }) => rsa],
  ['ECDSA, as it should be', ({ ecdsa }) => ecdsa],
  ['misordered', ({ misordered }) => misordered],
  ['incomplete', ({ incomplete }) => incomplete],
  ['expired', ({ expired }) => expired],
  ['wrong name', ({ wrong_name }) => wrong_name],
  ['RSA of 1024 bits', ({ rsa1024 }) => rsa1024],
  ['signed with SHA-1', ({ sha1 }) => sha1],
  ['self-signed', ({ self_signed }) => self_signed],
];

function subjects(): Subject[] {
  const nginx = (name: string, chosen: Chosen, lines: (pki: LabPki) => readonly string[]): Subject => ({
    name,
    start: ({ folder, pki }) =>
      startSoftware('nginx', {
        folder: join(folder, name.replaceAll(/\W+/g, '-')),
        certificates: [chosen(pki)],
        lines: lines(pki),
      }),
  });
  const asking = ({ root }: LabPki) => [...LAX, `ssl_client_certificate ${root};`, 'ssl_verify_client on;'];
  return [
    ...(missingTools('nginx') === false
      ? [
          ...CHAINS.map(([name, chosen]) => nginx(name, chosen, () => LAX)),
          nginx('nginx, mTLS', ({ rsa }) => rsa, asking),
        ]
      : []),
    ...(missingTools('gnutls-serv') === false ? [{ name: 'gnutls, mTLS', start: startDemanding }] : []),
  ];
}

/** Ends the handshake of who brings no certificate. */
async function startDemanding({ folder, pki }: Laboratory): Promise<LabServer> {
  const port = await freePort();
  const files = ['--x509certfile', pki.rsa.cert, '--x509keyfile', pki.rsa.key, '--x509cafile', pki.root];
  const args = ['--http', '--quiet', '-p', String(port), '--require-client-cert', '--verify-client-cert', ...files];
  return startServer({ program: 'gnutls-serv', args, port, folder, env: {} });
}

async function ours({ port }: LabServer, { pki }: Laboratory): Promise<ChainSaid> {
  const roots = [readFileSync(pki.root, 'utf8')];
  const { tls, results } = await checked(port, { policy: DEFAULT_POLICY, roots, name: NAME });
  const [chain] = tls?.chains ?? [];
  const details = chain?.certificates[0]?.details;
  const fails = (rule: string) => results.find((result) => result.rule === `tls/${rule}`)?.verdict === 'fail';
  return {
    sent: chain?.certificates.length ?? null,
    ordered: chain === undefined ? null : !chain.misordered,
    trusted: chain?.private_trust?.trusted ?? null,
    named: !fails('certificate-name'),
    in_time: !fails('certificate-validity'),
    key: details ? `${details.key_type.toUpperCase()} ${details.key_bits}` : null,
    signed_with: hashOf(details?.signature ?? ''),
    asks_client: tls?.client_certificate ?? null,
  };
}

function differences(own: ChainSaid, other: ChainSaid): string[] {
  return (Object.keys(own) as (keyof ChainSaid)[]).flatMap((key) =>
    own[key] === null || other[key] === null || own[key] === other[key]
      ? []
      : [`${key}: ours ${own[key]}, theirs ${other[key]}`],
  );
}
