/**
 * Where the time of a CPU profile went: self time by kind of work, by place and by function.
 *
 *   npm run bench -- --only sallyport,get --cpu-prof DIR
 *   node bench/profile.ts DIR/FILE.cpuprofile [--from SECONDS] [--most LINES]
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

interface Profile {
  readonly startTime: number;
  readonly nodes: readonly { readonly id: number; readonly callFrame: Frame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const IDLE = new Set(['(idle)', '(root)']);
const COLLECTOR = '(garbage collector)';
const ENGINE = '(program)';

/** The first that fits; a proxy that checks nothing spends its time on those above the line, too. */
const KINDS: readonly (readonly [string, (place: string, name: string) => boolean])[] = [
  ['garbage collector', (_place, name) => name === COLLECTOR],
  ['the engine itself, not told apart', (_place, name) => name === ENGINE],
  ['native calls of Node.js: sockets, TLS, files', (place) => place === 'native'],
  ['Node.js: TLS, HTTP, streams, timers', (place) => place.startsWith('node:')],
  ['undici', (place) => place === 'node_modules/undici'],
  // ---
  ['records: making, sending, writing', (place) => place.startsWith('src/core/audit')],
  ['guards', (place) => place.startsWith('src/channels/api/guards')],
  ['contract and schemas', (place) => /^src\/(protocol\/jsonschema|channels\/api\/contract)/.test(place)],
  ['strict JSON', (place) => place.startsWith('src/protocol/json')],
  ['policy', (place) => place.startsWith('wasm:') || place.startsWith('src/core/policy')],
  ['listener and upstream', (place) => /^src\/channels\/api\/(listener|upstream)/.test(place)],
  ['steps and the rest of the gate', (place) => place.startsWith('src/')],
  ['other packages', () => true],
];

function describe({ functionName, url, lineNumber }: Frame): [string, string] {
  const name = functionName || '(anonymous)';
  if (url === '') return ['native', name];
  if (url.startsWith('node:')) return [url, `${name} ${url}:${lineNumber + 1}`];
  const file = url.startsWith('file:') ? relative(process.cwd(), fileURLToPath(url)) : url;
  const place = file.startsWith('src/')
    ? file.split('/').slice(0, -1).join('/')
    : file.split('/').slice(0, 2).join('/');
  return [place, `${name} ${file}:${lineNumber + 1}`];
}

/** Microseconds by node, of the samples from then on. */
function selfTimes({ samples, timeDeltas }: Profile, from_us: number): Map<number, number> {
  const self_us = new Map<number, number>();
  let at_us = 0;
  for (const [index, id] of samples.entries()) {
    const spent_us = timeDeltas[index] ?? 0;
    at_us += spent_us;
    if (at_us >= from_us) self_us.set(id, (self_us.get(id) ?? 0) + spent_us);
  }
  return self_us;
}

function main(path: string, from_seconds: number, most: number): void {
  const profile = JSON.parse(readFileSync(path, 'utf8')) as Profile;
  const self_us = selfTimes(profile, from_seconds * 1e6);
  const kinds = new Map<string, number>();
  const places = new Map<string, number>();
  const functions = new Map<string, number>();
  let busy_us = 0;
  for (const { id, callFrame } of profile.nodes) {
    const spent_us = self_us.get(id) ?? 0;
    if (spent_us === 0 || IDLE.has(callFrame.functionName)) continue;
    busy_us += spent_us;
    const [place, name] = describe(callFrame);
    const [kind] = KINDS.find(([, fits]) => fits(place, callFrame.functionName))!;
    for (const [spent, key] of [
      [kinds, kind],
      [places, place],
      [functions, name],
    ] as const) {
      spent.set(key, (spent.get(key) ?? 0) + spent_us);
    }
  }
  const print = (title: string, spent: Map<string, number>) => {
    console.log(`\n${title}`);
    for (const [name, us] of [...spent].sort((left, right) => right[1] - left[1]).slice(0, most)) {
      console.log(`${((us / busy_us) * 100).toFixed(1).padStart(6)} %  ${name}`);
    }
  };
  console.log(`busy ${(busy_us / 1e6).toFixed(2)} s`);
  print('by kind', kinds);
  print('by place', places);
  print('by function', functions);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { from: { type: 'string', default: '0' }, most: { type: 'string', default: '40' } },
});
const [path] = positionals;
if (path === undefined) {
  console.error('usage: node bench/profile.ts FILE.cpuprofile [--from SECONDS] [--most LINES]');
  process.exitCode = 2;
} else main(path, Number(values.from), Number(values.most));
