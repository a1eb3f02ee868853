/** What is measured: workloads under connections, protocols and handshakes, in sections that are run one after another. */
import { LAYER_NAMES } from './layers/layers.ts';
import type { Handshake } from './load/caller.ts';
import { USUAL, WORKLOADS, type WorkloadName } from './workload.ts';

export interface Scenario {
  /** Names it in results; no two have the same. */
  readonly id: string;
  readonly section: SectionName;
  readonly workload: WorkloadName;
  readonly connections: number;
  /** Of HTTP/2 on each connection; 0 is HTTP/1.1. */
  readonly streams: number;
  readonly handshake: Handshake;
  /** Groups that the client offers; null for its defaults. */
  readonly groups: string | null;
  readonly workers: number;
  readonly targets: readonly string[];
}

export const SECTIONS = {
  answers: 'The usual exchanges, beside everything that does some of the same work',
  layers: 'The gate, a step more at a time',
  bodies: 'Answers of 100 KiB: judged and trimmed, taken as any JSON, or passed on unread',
  uploads: 'Bodies of 1 MiB',
  handshakes: 'A new connection for each request',
  http2: 'HTTP/2: 100 streams on one connection',
  connections: 'Few and many connections',
  workers: 'Two workers',
} as const;
export type SectionName = keyof typeof SECTIONS;
export const SECTION_NAMES = Object.keys(SECTIONS) as SectionName[];

const CONNECTIONS = 32;
const BESIDE = ['floor', 'nginx', 'sallyport'];
const PEERS = ['floor', 'nginx', 'nginx-mtls', 'haproxy', 'nginx-njs', 'fastify', 'express-gateway', 'sallyport'];

/** The client sends its key share for the first: a server that wants another one asks for it in a round trip more. */
const GROUPS = { X25519: 'X25519', X25519MLKEM768: 'X25519MLKEM768:X25519' } as const;

/** What a command line chose; empty lists chose nothing. */
export interface Choice {
  readonly full: boolean;
  readonly sections: readonly SectionName[];
  readonly workloads: readonly WorkloadName[];
  readonly targets: readonly string[];
  readonly connections: readonly number[];
  readonly workers: readonly number[];
}

export function chooseScenarios(choice: Choice): readonly Scenario[] {
  const usual: readonly SectionName[] = choice.full ? SECTION_NAMES : ['answers'];
  const sections = choice.sections.length > 0 ? choice.sections : usual;
  return SECTION_NAMES.filter((name) => sections.includes(name))
    .flatMap((section) => scenariosOf(section, choice))
    .filter(({ workload }) => choice.workloads.length === 0 || choice.workloads.includes(workload))
    .map((scenario) => (choice.targets.length === 0 ? scenario : { ...scenario, targets: choice.targets }));
}

/** The tables of a section, one scenario each. */
function scenariosOf(section: SectionName, choice: Choice): Scenario[] {
  const usual = Object.keys(USUAL) as WorkloadName[];
  switch (section) {
    case 'answers': {
      const targets = choice.full || choice.sections.includes('answers') ? PEERS : BESIDE;
      const workloads = choice.workloads.length > 0 ? choice.workloads : usual;
      const counts = choice.connections.length > 0 ? choice.connections : [CONNECTIONS];
      const workers = choice.workers.length > 0 ? choice.workers : [1];
      return workers.flatMap((count) =>
        counts.flatMap((connections) =>
          workloads.map((workload) => scenario(section, workload, targets, { connections, workers: count })),
        ),
      );
    }
    case 'layers': {
      const targets = ['floor', ...LAYER_NAMES.map((name) => `+${name}`), 'sallyport'];
      return usual.map((workload) => scenario(section, workload, targets, {}));
    }
    case 'bodies':
      return (['closed-100k', 'open-100k', 'binary-100k'] as const).map((workload) => {
        const judging = workload === 'closed-100k' ? ['nginx-njs', 'fastify'] : [];
        return scenario(section, workload, ['floor', 'nginx', ...judging, 'sallyport'], {});
      });
    case 'uploads':
      return (['upload-json', 'upload-binary'] as const).map((workload) => {
        const judging = workload === 'upload-json' ? ['fastify'] : [];
        return scenario(section, workload, ['floor', 'nginx', ...judging, 'sallyport'], { connections: 8 });
      });
    case 'handshakes': {
      const targets = ['floor', 'nginx-mtls', 'haproxy', 'sallyport'];
      return (['full', 'resumed'] as const).flatMap((handshake) =>
        Object.values(GROUPS).map((groups) => scenario(section, 'get', targets, { connections: 8, handshake, groups })),
      );
    }
    case 'http2':
      return [scenario(section, 'get', ['floor', 'nginx', 'haproxy', 'sallyport'], { connections: 1, streams: 100 })];
    case 'connections':
      return [1, 512].map((connections) => scenario(section, 'get', [...BESIDE, 'haproxy'], { connections }));
    case 'workers':
      return (choice.workers.length > 0 ? choice.workers : [2]).flatMap((workers) =>
        usual.map((workload) => scenario(section, workload, BESIDE, { workers })),
      );
  }
}

function scenario(
  section: SectionName,
  workload: WorkloadName,
  targets: readonly string[],
  how: Partial<Pick<Scenario, 'connections' | 'streams' | 'handshake' | 'groups' | 'workers'>>,
): Scenario {
  const { connections = CONNECTIONS, streams = 0, handshake = 'kept', groups = null, workers = 1 } = how;
  const parts = [
    section,
    workload,
    ...(streams > 0 ? [`${streams} streams`] : []),
    `${connections} ${connections === 1 ? 'connection' : 'connections'}`,
    ...(handshake === 'kept' ? [] : [`${handshake} ${firstGroup(groups)}`]),
    ...(workers === 1 ? [] : [`${workers} workers`]),
  ];
  return { id: parts.join(', '), section, workload, connections, streams, handshake, groups, workers, targets };
}

/** The group that a scenario is about; null where it is about none. */
export function firstGroup(groups: string | null): string | null {
  return groups === null ? null : groups.split(':')[0]!;
}

/** Its title in a report. */
export function describeScenario({ workload, connections, streams, handshake, groups, workers }: Scenario): string {
  const { method, about } = WORKLOADS[workload];
  const where = `${connections} ${connections === 1 ? 'connection' : 'connections'}`;
  const how = [
    streams > 0 ? `${where} of HTTP/2 with ${streams} streams` : where,
    ...(handshake === 'kept'
      ? []
      : [`each for one request, ${handshake === 'full' ? 'full handshakes' : 'resumed'}, ${firstGroup(groups)}`]),
    ...(workers === 1 ? [] : [`${workers} workers`]),
  ];
  return `${method} over ${how.join(', ')}: ${about}`;
}

/** Most connections or streams that a target must carry at once. */
export function mostCallers(scenarios: readonly Scenario[]): number {
  return Math.max(...scenarios.map(({ connections, streams }) => connections * Math.max(1, streams)));
}
