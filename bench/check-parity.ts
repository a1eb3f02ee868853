/**
 * Ours beside openssl, sslscan and testssl on the same servers in one run: the versions each finds, the cipher suites of each version,
 * Heartbleed and RFC 5746. Every difference is printed, and has to be explained in `check/explanations.ts`.
 *
 *   npm run bench -- parity [--quick] [--page] [--only NAME]
 *
 * `--quick` leaves testssl out, which takes minutes for each; `--page` writes docs/check-parity.md; `--only` takes the servers whose name has that in it.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inOrder } from '../src/check/in-order.ts';
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
import { type Compared, type Difference, writeParityPage } from './check/parity-page.ts';
import { NAME, openssl, type Peer, type Said, sslscan, testssl } from './check/peers.ts';
import { describeMachine, machineLine } from './gate/machine.ts';

interface Laboratory {
  readonly folder: string;
  readonly pki: LabPki;
}

interface Subject {
  readonly name: string;
  readonly start: (laboratory: Laboratory) => Promise<LabServer>;
}

/** Servers; the one program that takes minutes takes one core. */
const AT_ONCE = availableParallelism();
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

/** One server, by all. */
async function compare({ name, start }: Subject, laboratory: Laboratory, peers: readonly Peer[]): Promise<Compared> {
  const server = await start(laboratory);
  try {
    const own = await ours(server.port);
    const suites = [...own.suites.values()].flat().length;
    const said = new Map<string, Difference[]>();
    for (const peer of peers) {
      const found = differences(own, await peer.ask(server.port));
      said.set(
        peer.name,
        found.map((difference) => ({ difference, why: whyOf(peer.name, `${name}: ${difference}`) })),
      );
    }
    return { server: name, versions: own.versions, suites, peers: said };
  } finally {
    await server.stop();
  }
}

function print({ server, versions, suites, peers }: Compared): void {
  console.log(`\n${server}: ${versions.join(', ')}; ${suites} suites`);
  for (const [peer, differences] of peers) {
    console.log(`  ${peer}: ${differences.length === 0 ? 'agrees' : `${differences.length} differences`}`);
    for (const { difference, why } of differences)
      console.log(`    ${difference}  ${why === null ? 'NOT EXPLAINED' : `(${why})`}`);
  }
}

const used = new Set<RegExp>();

function whyOf(peer: string, line: string): string | null {
  const known = EXPLANATIONS.find(({ peer: of, about }) => of === peer && about.test(line));
  if (known !== undefined) used.add(known.about);
  return known?.why ?? null;
}

export async function benchParity(argv: readonly string[]): Promise<number> {
  const only = argv.includes('--only') ? (argv[argv.indexOf('--only') + 1] ?? '') : '';
  const peers = [openssl(), sslscan(), argv.includes('--quick') ? null : testssl()].filter((peer) => peer !== null);
  const machine = machineLine(describeMachine());
  console.log(machine);
  const folder = mkdtempSync(join(tmpdir(), `sallyport-parity-${randomBytes(2).toString('hex')}-`));
  chmodSync(folder, 0o755);
  const compared: Compared[] = [];
  try {
    const laboratory = { folder, pki: createLabPki(folder) };
    const asked = subjects().filter(({ name }) => name.includes(only));
    for await (const one of inOrder(asked, AT_ONCE, (subject) => compare(subject, laboratory, peers))) {
      print(one);
      compared.push(one);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const all = compared.flatMap(({ peers: said }) => [...said.values()]);
  const unexplained = all.flat().filter(({ why }) => why === null).length;
  const is_asked = (wanted: string) => only === '' && peers.some(({ name }) => name === wanted);
  const stale = EXPLANATIONS.filter(({ peer, about }) => is_asked(peer) && !used.has(about));
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
