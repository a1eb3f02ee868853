/**
 * Where the time of a CPU profile went: self time by place and by function.
 *
 *   npm run bench -- --only sallyport,get --cpu-prof DIR
 *   node bench/profile.ts DIR/FILE.cpuprofile [FUNCTIONS]
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const IDLE = new Set(['(idle)', '(root)']);

function describe({ functionName, url, lineNumber }: Profile['nodes'][number]['callFrame']): [string, string] {
  const name = functionName || '(anonymous)';
  if (url === '') return ['native', name];
  if (url.startsWith('node:')) return [url, `${name} ${url}:${lineNumber + 1}`];
  const file = url.startsWith('file:') ? relative(process.cwd(), fileURLToPath(url)) : url;
  const place = file.startsWith('src/')
    ? file.split('/').slice(0, -1).join('/')
    : file.split('/').slice(0, 2).join('/');
  return [place, `${name} ${file}:${lineNumber + 1}`];
}

function main(path: string, most: number): void {
  const profile = JSON.parse(readFileSync(path, 'utf8')) as Profile;
  const self_us = new Map<number, number>();
  for (const [index, id] of profile.samples.entries()) {
    self_us.set(id, (self_us.get(id) ?? 0) + (profile.timeDeltas[index] ?? 0));
  }
  const places = new Map<string, number>();
  const functions = new Map<string, number>();
  let busy_us = 0;
  for (const { id, callFrame } of profile.nodes) {
    const spent_us = self_us.get(id) ?? 0;
    if (spent_us === 0 || IDLE.has(callFrame.functionName)) continue;
    busy_us += spent_us;
    const [place, name] = describe(callFrame);
    places.set(place, (places.get(place) ?? 0) + spent_us);
    functions.set(name, (functions.get(name) ?? 0) + spent_us);
  }
  const print = (title: string, spent: Map<string, number>) => {
    console.log(`\n${title}`);
    for (const [name, us] of [...spent].sort((left, right) => right[1] - left[1]).slice(0, most)) {
      console.log(`${((us / busy_us) * 100).toFixed(1).padStart(6)} %  ${name}`);
    }
  };
  console.log(`busy ${(busy_us / 1e6).toFixed(2)} s`);
  print('by place', places);
  print('by function', functions);
}

const [path, most = '40'] = process.argv.slice(2);
if (path === undefined) {
  console.error('usage: node bench/profile.ts FILE.cpuprofile [FUNCTIONS]');
  process.exitCode = 2;
} else main(path, Number(most));
