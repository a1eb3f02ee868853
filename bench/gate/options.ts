/** What the benchmark is asked to do. */
import { parseArgs } from 'node:util';
import { type Choice, chooseScenarios, type Scenario, SECTION_NAMES, SECTIONS, type SectionName } from './scenarios.ts';
import { readDuration } from './soak-time.ts';
import { TARGETS } from './targets/all.ts';
import { WORKLOADS, type WorkloadName } from './workload.ts';

export interface BenchOptions {
  /** Length of one measured run. */
  readonly seconds: number;
  readonly rounds: number;
  /** Least time each target is run before it counts, where it has code that is compiled while it runs. */
  readonly warm_up_seconds: number;
  /** Requests each second, meant to be sent whatever happens to the ones before; null is a closed loop. */
  readonly rate: number | null;
  readonly scenarios: readonly Scenario[];
  /** Where the results go as JSON, null for nowhere. */
  readonly json: string | null;
  /** Whether they go to bench/results, and what the file is named for. */
  readonly save: string | null;
  /** Folder for a CPU profile of the gate, null for none. A profiled gate is slower: its numbers are not for comparing. */
  readonly cpu_prof: string | null;
  /** Keeps load on for so long, in place of rounds; null for rounds. */
  readonly soak_seconds: number | null;
  /** Asks the gate's processes for their heap while it soaks. */
  readonly heap: boolean;
}

const sectionLines = SECTION_NAMES.map((name) => `                      ${name.padEnd(12)} ${SECTIONS[name]}`).join(
  '\n',
);

export const HELP = `npm run bench -- [options]
npm run bench -- chart FILE            writes docs/performance.md and its charts from saved results
npm run bench -- json                  bodies by themselves, beside JSON.parse, ajv and JSON.stringify
npm run bench -- contract [FILE ...]   CPU and memory of loading contracts
npm run bench -- check [--quick]       time and connections of a check, beside sslscan and testssl
npm run bench -- parity [--quick]      what a check finds, beside sslscan and testssl on the same servers

CPU per exchange of all processes together, and latency, of Sallyport beside a bare TLS proxy on the same Node.js and
beside nginx. With the defaults it takes less than a minute.

  --full            every section, every peer: about 11 minutes on a quiet machine
  --save            keeps the results in bench/results/<date>-<what>.json
  --only NAMES      with commas between, of
                    sections:
${sectionLines}
                    targets: ${wrapped(
                      TARGETS.map(({ name }) => name),
                      29,
                    )}
                    workloads: ${wrapped(Object.keys(WORKLOADS), 31)}
  --seconds N       length of one measured run (1; 0.7 with --full)
  --rounds N        runs of each target, targets alternating (4)
  --warm-up N       seconds before the first of them, for targets on Node.js (2.5)
  --connections N,… connections of the section answers, each with one request under way (32)
  --workers N,…     workers of floor, nginx, haproxy and gate
  --rate N          requests each second in place of as many as are answered; their time counts from when they were
                    meant to be sent
  --soak TIME       keeps load on the gate for so long (10m, 90s), printing memory, descriptors and CPU every 10 s
  --heap            with --soak, asks Node.js for its heap too
  --json FILE       the results, every run included
  --cpu-prof DIR    writes a CPU profile of the gate; see bench/profile.ts
  --help
`;

function wrapped(names: readonly string[], indent: number): string {
  const lines: string[] = [''];
  for (const name of names) {
    const line = lines.at(-1)!;
    const longer = line === '' ? name : `${line}, ${name}`;
    if (longer.length > 118 - indent) lines.push(name);
    else lines[lines.length - 1] = longer;
  }
  return lines.join(`,\n${' '.repeat(indent)}`);
}

/** @throws Error with what is wrong, for the user */
export function readOptions(argv: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      full: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      seconds: { type: 'string' },
      rounds: { type: 'string', default: '4' },
      'warm-up': { type: 'string', default: '2.5' },
      connections: { type: 'string', default: '' },
      workers: { type: 'string', default: '' },
      rate: { type: 'string' },
      only: { type: 'string', default: '' },
      soak: { type: 'string' },
      heap: { type: 'boolean', default: false },
      json: { type: 'string' },
      'cpu-prof': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const { full } = values;
  const soak_seconds = values.soak === undefined ? null : readDuration(values.soak);
  const named = namesIn(values.only);
  const choice: Choice = {
    ...named,
    full,
    targets: soak_seconds !== null && named.targets.length === 0 ? ['sallyport'] : named.targets,
    connections: numbers('connections', values.connections, 4096),
    workers: numbers('workers', values.workers, 64),
  };
  const scenarios = chooseScenarios(choice);
  if (scenarios.length === 0) throw new Error(`--only: nothing is measured for ${values.only}`);
  const what = values.only === '' ? (full ? 'full' : 'quick') : values.only.replaceAll(',', '_').replaceAll('+', '');
  return {
    seconds: inRange('seconds', values.seconds ?? (full ? '0.7' : '1'), 0.2, 600),
    rounds: whole('rounds', values.rounds, 1, 1000),
    warm_up_seconds: inRange('warm-up', values['warm-up'], 0, 600),
    rate: values.rate === undefined ? null : inRange('rate', values.rate, 1, 1_000_000),
    scenarios,
    json: values.json ?? null,
    save: values.save ? (soak_seconds === null ? what : 'soak') : null,
    cpu_prof: values['cpu-prof'] ?? null,
    soak_seconds,
    heap: values.heap,
  };
}

/** @throws Error */
function namesIn(only: string): Pick<Choice, 'sections' | 'workloads' | 'targets'> {
  const names = only === '' ? [] : only.split(',');
  const targets = TARGETS.map(({ name }) => name);
  const workloads = Object.keys(WORKLOADS) as WorkloadName[];
  const known: readonly string[] = [...SECTION_NAMES, ...targets, ...workloads];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`--only: ${unknown} is none of ${known.join(', ')}`);
  const among = <Name extends string>(all: readonly Name[]) => all.filter((name) => names.includes(name));
  return { sections: among<SectionName>(SECTION_NAMES), workloads: among(workloads), targets: among(targets) };
}

function numbers(name: string, text: string, max: number): readonly number[] {
  return text === '' ? [] : text.split(',').map((part) => whole(name, part, 1, max));
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
