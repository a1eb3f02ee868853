/** What servers take: the versions each finds, the cipher suites of each version, Heartbleed and RFC 5746. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CIPHER_SUITES } from '../../src/protocol/tls/cipher-suites.ts';
import { freePort } from '../../test/acceptance/harness/nginx.ts';
import { missingTools } from '../../test/acceptance/harness/tools.ts';
import { type LabServer, startServer } from '../../test/check/lab/process.ts';
import { linesOf, type Quality } from '../../test/check/lab/set-ups.ts';
import { PROGRAM, type Software, startSoftware } from '../../test/check/lab/software.ts';
import { missingOldNodes, OLD_NODES, oldNode } from '../../test/check/legacy/old-node.ts';
import { checked } from '../../test/check/servers.ts';
import type { Laboratory, Part, Subject } from './part.ts';
import { NAME, openssl, type Said, sslscan, testssl } from './peers.ts';

export function handshakes(): Part<Said> {
  return {
    id: 'handshakes',
    title: 'What servers take',
    columns: ['versions', 'suites'],
    subjects: subjects(),
    missing: [...Object.values(PROGRAM), 'gnutls-serv']
      .map((program) => missingTools(program))
      .concat(missingOldNodes())
      .filter((why) => why !== false),
    peers: [openssl(), sslscan(), testssl()].filter((peer) => peer !== null),
    ours,
    cells: ({ versions, suites }) => [versions.join(', '), String([...suites.values()].flat().length)],
    differences,
  };
}

const QUALITIES: readonly Quality[] = ['good', 'default', 'bad'];

function subjects(): Subject[] {
  const software = (Object.keys(PROGRAM) as Software[]).filter((one) => missingTools(PROGRAM[one]) === false);
  const set_up = software.flatMap((one) =>
    QUALITIES.map((quality) => ({
      name: `${one} ${quality}`,
      start: ({ folder, pki }: Laboratory) =>
        startSoftware(one, {
          folder: join(folder, `${one}-${quality}`),
          certificates: one === 'caddy' ? [pki.rsa] : [pki.rsa, pki.ecdsa],
          lines: linesOf(one, quality, pki.dh1024),
        }),
    })),
  );
  const old = missingOldNodes() === false ? OLD_NODES : [];
  return [...set_up, ...gnutls(), ...old.map((name) => ({ name, start: startOld(name) }))];
}

function gnutls() {
  if (missingTools('gnutls-serv') !== false) return [];
  return [
    ['gnutls', 'NORMAL'],
    ['gnutls without RFC 5746', 'NORMAL:%DISABLE_SAFE_RENEGOTIATION'],
  ].map(([name = '', priority = '']) => ({
    name,
    start: async ({ folder, pki }: Laboratory) => {
      const port = await freePort();
      const files = ['--x509certfile', pki.rsa.cert, '--x509keyfile', pki.rsa.key];
      const args = ['--http', '--quiet', '-p', String(port), '--priority', priority, ...files];
      return startServer({ program: 'gnutls-serv', args, port, folder, env: {} });
    },
  }));
}

/** JavaScript of 2011. */
const OLD_SERVER = `
var fs = require('fs'), options = JSON.parse(process.argv[2]);
options.key = fs.readFileSync(options.key);
options.cert = fs.readFileSync(options.cert);
require('tls').createServer(options, function (socket) { socket.on('error', function () {}); }).listen(options.port, '127.0.0.1');
`;

const startOld =
  (name: (typeof OLD_NODES)[number]) =>
  async ({ folder, pki }: Laboratory) => {
    const port = await freePort();
    writeFileSync(join(folder, 'old.js'), OLD_SERVER);
    const options = JSON.stringify({ ...pki.rsa, port, ciphers: 'ALL:COMPLEMENTOFALL' });
    const flags = name === 'node-0-10-48' ? ['--enable-ssl3'] : [];
    return startServer({ program: oldNode(name), args: [...flags, 'old.js', options], port, folder, env: {} });
  };

const NUMBERS = new Map(CIPHER_SUITES.map(({ id, name }) => [name, id]));
const NAMES = new Map(CIPHER_SUITES.map(({ id, name }) => [id, name]));

async function ours({ port }: LabServer): Promise<Said> {
  const { tls } = await checked(port, { timeout_ms: 60_000, name: NAME });
  const accepted = tls?.versions.filter(({ acceptance }) => acceptance === 'accepted') ?? [];
  const ssl2 = tls?.handshakes.ssl2 === 'yes' ? ['SSL 2.0'] : [];
  const numbersOf = (names: readonly string[]) =>
    names.map((name) => NUMBERS.get(name) ?? -1).sort((left, right) => left - right);
  return {
    versions: [...ssl2, ...accepted.map(({ name }) => name)].toSorted(),
    suites: new Map(accepted.map(({ name, cipher_suites }) => [name, numbersOf(cipher_suites.names)])),
    heartbleed: tls?.handshakes.heartbleed === 'yes',
    known: null,
    untold_versions: [],
    secure_renegotiation: accepted.some(({ name }) => name !== 'TLS 1.3') ? (tls?.secure_renegotiation ?? false) : null,
  };
}

/** What they say of the same, and do not agree in. */
function differences(own: Said, other: Said): string[] {
  const lists = (what: string, mine: readonly string[], theirs: readonly string[]) => [
    ...mine.filter((one) => !theirs.includes(one)).map((one) => `${what}${one}: ours alone`),
    ...theirs.filter((one) => !mine.includes(one)).map((one) => `${what}${one}: not ours`),
  ];
  const named = (ids: readonly number[] = []) => ids.map((id) => NAMES.get(id) ?? `0x${id.toString(16)}`);
  const both = [...own.suites.keys()].filter((version) => other.suites.has(version));
  const told = (ids: readonly number[] = []) => (other.known === null ? ids : ids.filter((id) => other.known?.has(id)));
  const flags = (['heartbleed', 'secure_renegotiation'] as const).flatMap((flag) =>
    own[flag] === null || other[flag] === null || own[flag] === other[flag] ? [] : [`${flag}: ours ${own[flag]}`],
  );
  return [
    ...lists(
      '',
      own.versions.filter((version) => !other.untold_versions.includes(version)),
      other.versions,
    ),
    ...both.flatMap((version) =>
      lists(`${version} `, named(told(own.suites.get(version))), named(other.suites.get(version))),
    ),
    ...flags,
  ];
}
