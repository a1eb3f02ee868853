/**
 * Ours beside openssl, sslscan and testssl on the same servers in one run: the versions each finds, the cipher suites of each version,
 * Heartbleed, RFC 5746, and what is to be said of the certificates. Every difference is printed, and has to be explained in `check/explanations.ts`.
 *
 *   npm run bench -- parity [--part handshakes|chains] [--quick] [--only NAME] [--page]
 *
 * `--quick` leaves testssl out, which takes minutes for each; `--only` takes the servers whose name has that in it; `--page` saves what
 * came out and writes docs/check-parity.md from what was saved last of each server.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inOrder } from '../src/check/in-order.ts';
import { createLabPki } from '../test/check/lab/pki.ts';
import { chains } from './check/chains.ts';
import { EXPLANATIONS } from './check/explanations.ts';
import { handshakes } from './check/handshakes.ts';
import { type Compared, type Difference, saveComparison, writeParityPage } from './check/parity-page.ts';
import type { Laboratory, Part, PartId, Subject } from './check/part.ts';
import { describeMachine, machineLine } from './gate/machine.ts';

/** Servers; the one program that takes minutes takes one core. */
const AT_ONCE = availableParallelism();

interface Options {
  readonly quick: boolean;
  readonly page: boolean;
  readonly only: string;
  readonly part: string;
}

function readOptions(argv: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean', default: false },
      page: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      part: { type: 'string', default: '' },
    },
  });
  const is_known = ['', 'handshakes', 'chains'].includes(values.part);
  return is_known && !(values.page && values.quick) ? values : null;
}

export async function benchParity(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (options === null) {
    console.error('bench: --page and --quick do not go together; a part is handshakes or chains');
    return 2;
  }
  const machine = machineLine(describeMachine());
  console.log(machine);
  const folder = mkdtempSync(join(tmpdir(), `sallyport-parity-${randomBytes(2).toString('hex')}-`));
  chmodSync(folder, 0o755);
  try {
    const laboratory = { folder, pki: createLabPki(folder) };
    const parts: Compared[] = [];
    if (options.part !== 'chains') parts.push(await compareAll(handshakes(), laboratory, options));
    if (options.part !== 'handshakes') parts.push(await compareAll(chains(), laboratory, options));
    if (options.page) {
      for (const part of parts) saveComparison(machine, part);
      writeParityPage();
    }
    return verdict(parts);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compareAll<Said>(part: Part<Said>, laboratory: Laboratory, { quick, only }: Options): Promise<Compared> {
  const peers = part.peers.filter(({ name }) => !quick || name !== 'testssl');
  const asked = part.subjects.filter(({ name }) => name.includes(only));
  const servers: Compared['servers'][number][] = [];
  console.log(`\n== ${part.title}`);
  for (const why of part.missing) console.log(`not all are asked: ${why}`);
  for await (const one of inOrder(asked, AT_ONCE, (subject) => compare({ ...part, peers }, subject, laboratory))) {
    print(one);
    servers.push(one);
  }
  return {
    id: part.id,
    whole: part.missing.length === 0 && only === '',
    title: part.title,
    columns: part.columns,
    peers: peers.map(({ name }) => name),
    servers,
  };
}

/** One server, by all. */
async function compare<Said>(part: Part<Said>, { name, start }: Subject, laboratory: Laboratory) {
  const at = new Date().toISOString();
  const server = await start(laboratory);
  try {
    const own = await part.ours(server, laboratory);
    const peers = new Map<string, Difference[]>();
    for (const peer of part.peers) {
      const found = await peer.ask(server, laboratory).then(
        (said) => part.differences(own, said),
        (error: Error) => [`gave no answer: ${error.message}`],
      );
      peers.set(
        peer.name,
        found.map((difference) => ({ difference, why: whyOf(part.id, peer.name, `${name}: ${difference}`) })),
      );
    }
    return { name, at, cells: part.cells(own), peers: Object.fromEntries(peers) };
  } finally {
    await server.stop();
  }
}

const used = new Set<RegExp>();

function whyOf(part: PartId, peer: string, line: string): string | null {
  const of_it = EXPLANATIONS.filter((one) => one.part === part && one.peer === peer);
  const known = of_it.find(({ about }) => about.test(line));
  if (known !== undefined) used.add(known.about);
  return known?.why ?? null;
}

function print({ name, cells, peers }: Compared['servers'][number]): void {
  console.log(`\n${name}: ${cells.join('; ')}`);
  for (const [peer, differences] of Object.entries(peers)) {
    console.log(`  ${peer}: ${differences.length === 0 ? 'agrees' : `${differences.length} differences`}`);
    for (const { difference, why } of differences)
      console.log(`    ${difference}  ${why === null ? 'NOT EXPLAINED' : `(${why})`}`);
  }
}

/** What a process ends with: a difference without a reason fails, and so does a reason without a difference. */
function verdict(parts: readonly Compared[]): number {
  const comparisons = parts.flatMap(({ servers }) => servers.flatMap(({ peers }) => Object.values(peers)));
  const unexplained = comparisons.flat().filter(({ why }) => why === null).length;
  const asked = new Set(
    parts.filter(({ whole }) => whole).flatMap(({ id, peers }) => peers.map((peer) => `${id} ${peer}`)),
  );
  const stale = EXPLANATIONS.filter(({ part, peer, about }) => asked.has(`${part} ${peer}`) && !used.has(about));
  for (const { about } of stale) console.log(`explains nothing any more: ${about}`);
  console.log(`\n${comparisons.length} comparisons, ${unexplained} differences not explained`);
  return unexplained + stale.length === 0 ? 0 : 1;
}
