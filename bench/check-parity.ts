/**
 * Ours beside sslscan and testssl on the same servers in one run: the versions each finds, the cipher suites of each version, Heartbleed and
 * RFC 5746. Every difference is printed, and has to be explained in `check/explanations.ts`.
 *
 *   npm run bench -- parity [--quick] [--page]
 *
 * `--quick` leaves testssl out, which takes minutes; `--page` writes docs/check-parity.md.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CIPHER_SUITES } from '../src/protocol/tls/cipher-suites.ts';
import { freePort } from '../test/acceptance/harness/nginx.ts';
import { missingTools } from '../test/acceptance/harness/tools.ts';
import { createLabPki, type LabPki } from '../test/check/lab/pki.ts';
import { type LabServer, startServer } from '../test/check/lab/process.ts';
import { linesOf, type Quality } from '../test/check/lab/set-ups.ts';
import { PROGRAM, type Software, startSoftware } from '../test/check/lab/software.ts';
import { missingOldNodes, OLD_NODES, oldNode } from '../test/check/legacy/old-node.ts';
import { checked } from '../test/check/servers.ts';
import { EXPLANATIONS } from './check/explanations.ts';
import { type Compared, writeParityPage } from './check/parity-page.ts';
import { NAME, type Peer, type Said, sslscan, testssl } from './check/peers.ts';
import { describeMachine, machineLine } from './gate/machine.ts';

interface Laboratory {
  readonly folder: string;
  readonly pki: LabPki;
}

interface Subject {
  readonly name: string;
  /** testssl is asked too. */
  readonly slow: boolean;
  readonly start: (laboratory: Laboratory) => Promise<LabServer>;
}

const QUALITIES: readonly Quality[] = ['good', 'default', 'bad'];
const SLOW = new Set(['nginx bad', 'apache default', 'gnutls without RFC 5746', 'node-0-10-0']);

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
  const all = [...set_up, ...gnutls(), ...old.map((name) => ({ name, start: startOld(name) }))];
  return all.map((one) => ({ ...one, slow: SLOW.has(one.name) }));
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

async function ours(port: number): Promise<Said> {
  const { tls } = await checked(port, { timeout_ms: 60_000, name: NAME });
  const accepted = tls?.versions.filter(({ acceptance }) => acceptance === 'accepted') ?? [];
  const ssl2 = tls?.handshakes.ssl2 === 'yes' ? ['SSL 2.0'] : [];
  const numbersOf = (names: readonly string[]) =>
    names.map((name) => NUMBERS.get(name) ?? -1).sort((left, right) => left - right);
  return {
    versions: [...ssl2, ...accepted.map(({ name }) => name)].toSorted(),
    suites: new Map(accepted.map(({ name, cipher_suites }) => [name, numbersOf(cipher_suites.names)])),
    heartbleed: tls?.handshakes.heartbleed === 'yes',
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
  const flags = (['heartbleed', 'secure_renegotiation'] as const).flatMap((flag) =>
    own[flag] === null || other[flag] === null || own[flag] === other[flag] ? [] : [`${flag}: ours ${own[flag]}`],
  );
  return [
    ...lists('', own.versions, other.versions),
    ...both.flatMap((version) =>
      lists(`${version} `, named(own.suites.get(version)), named(other.suites.get(version))),
    ),
    ...flags,
  ];
}

/** One server, by all. */
async function compare(
  { name, slow, start }: Subject,
  laboratory: Laboratory,
  peers: readonly Peer[],
): Promise<Compared> {
  const server = await start(laboratory);
  try {
    const own = await ours(server.port);
    const suites = [...own.suites.values()].flat().length;
    console.log(`\n${name}: ${own.versions.join(', ')}; ${suites} suites`);
    const said = new Map<string, { difference: string; why: string | null }[]>();
    for (const peer of peers) {
      if (peer.name === 'testssl' && !slow) continue;
      const found = differences(own, await peer.ask(server.port));
      const explained = found.map((difference) => ({ difference, why: whyOf(peer.name, `${name}: ${difference}`) }));
      said.set(peer.name, explained);
      console.log(`  ${peer.name}: ${found.length === 0 ? 'agrees' : `${found.length} differences`}`);
      for (const { difference, why } of explained)
        console.log(`    ${difference}  ${why === null ? 'NOT EXPLAINED' : `(${why})`}`);
    }
    return { server: name, versions: own.versions, suites, peers: said };
  } finally {
    await server.stop();
  }
}

const used = new Set<RegExp>();

function whyOf(peer: string, line: string): string | null {
  const known = EXPLANATIONS.find(({ peer: of, about }) => of === peer && about.test(line));
  if (known !== undefined) used.add(known.about);
  return known?.why ?? null;
}

export async function benchParity(argv: readonly string[]): Promise<number> {
  const peers = [sslscan(), argv.includes('--quick') ? null : testssl()].filter((peer): peer is Peer => peer !== null);
  const machine = machineLine(describeMachine());
  console.log(machine);
  const folder = mkdtempSync(join(tmpdir(), `sallyport-parity-${randomBytes(2).toString('hex')}-`));
  chmodSync(folder, 0o755);
  const compared: Compared[] = [];
  try {
    const laboratory = { folder, pki: createLabPki(folder) };
    for (const subject of subjects()) compared.push(await compare(subject, laboratory, peers));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const all = compared.flatMap(({ peers: said }) => [...said.values()]);
  const unexplained = all.flat().filter(({ why }) => why === null).length;
  const stale = EXPLANATIONS.filter(({ peer, about }) => peers.some(({ name }) => name === peer) && !used.has(about));
  for (const { about } of stale) console.log(`explains nothing any more: ${about}`);
  console.log(`\n${all.length} comparisons, ${unexplained} differences not explained`);
  if (argv.includes('--page'))
    writeParityPage(
      machine,
      peers.map(({ name }) => name),
      compared,
    );
  return unexplained + stale.length === 0 ? 0 : 1;
}
