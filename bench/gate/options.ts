/** What the benchmark is asked to do. */
import { parseArgs } from 'node:util';
import { USUAL, WORKLOADS, type WorkloadName } from './workload.ts';

export const TARGETS = ['floor', 'nginx', 'sallyport'] as const;
export type TargetName = (typeof TARGETS)[number];

export interface BenchOptions {
  /** Length of one measured run. */
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  /** Where the results go as JSON, null for nowhere. */
  readonly json: string | null;
  readonly targets: readonly TargetName[];
  readonly workloads: readonly WorkloadName[];
  /** Folder for a CPU profile of the gate, null for none. A profiled gate is slower: its numbers are not for comparing. */
  readonly cpu_prof: string | null;
}

export const HELP = `npm run bench -- [options]
npm run bench -- json       bodies by themselves, beside JSON.parse, ajv and JSON.stringify
npm run bench -- contract [FILE ...]   CPU and memory of loading contracts

CPU per exchange and latency of Sallyport beside a bare TLS proxy on the same Node.js and beside nginx.
With the defaults it takes less than a minute.

  --seconds N       length of one measured run (1)
  --rounds N        runs of each target and workload, targets alternating (5)
  --connections N   connections of the load, each with one request under way (32)
  --only NAMES      of floor, nginx, sallyport and get, post, with commas between; also, measured only where they
                    are named, answers of two sizes that the contract judges and trims (closed-1k, closed-100k), takes
                    as any JSON (open-1k, open-100k), or passes on unread (binary-1k, binary-100k)
  --json FILE       the results, every run included
  --cpu-prof DIR    writes a CPU profile of the gate; see bench/profile.ts
  --help
`;

/** @throws Error with what is wrong, for the user */
export function readOptions(argv: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seconds: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '32' },
      only: { type: 'string', default: '' },
      json: { type: 'string' },
      'cpu-prof': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const only = values.only === '' ? [] : values.only.split(',');
  const known: readonly string[] = [...TARGETS, ...Object.keys(WORKLOADS)];
  const unknown = only.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`--only: ${unknown} is none of ${known.join(', ')}`);
  return {
    seconds: inRange('seconds', values.seconds, 0.2, 600),
    rounds: whole('rounds', values.rounds, 1, 1000),
    connections: whole('connections', values.connections, 1, 1000),
    json: values.json ?? null,
    targets: chosen(TARGETS, only, TARGETS),
    workloads: chosen(Object.keys(WORKLOADS) as WorkloadName[], only, Object.keys(USUAL) as WorkloadName[]),
    cpu_prof: values['cpu-prof'] ?? null,
  };
}

/** Those that were named; the usual ones where none of this kind was. */
function chosen<Name extends string>(
  all: readonly Name[],
  only: readonly string[],
  usual: readonly Name[],
): readonly Name[] {
  const named = all.filter((name) => only.includes(name));
  return named.length === 0 ? usual : named;
}

function whole(name: string, text: string, min: number, max: number): number {
  const value = inRange(name, text, min, max);
  if (!Number.isInteger(value)) throw new Error(`--${name} must be a whole number`);
  return value;
}

function inRange(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= min && value <= max)) {
    throw new Error(`--${name} must be a number between ${min} and ${max}`);
  }
  return value;
}
