/** A gate as its users run it, in processes of its own, that exports its traces. */
import { ask } from '../../admin/world.ts';
import { samplesOf } from '../../metrics/parse-exposition.ts';
import { until as untilWithin } from '../durability/site.ts';
import { type CurlAnswer, curl } from '../harness/curl.ts';
import { type GateProcess, startGateProcess } from '../harness/gate-process.ts';
import { makeProject, type Project } from '../harness/project.ts';
import { type FakeUpstream, startFakeUpstream } from '../harness/upstream.ts';

const WAIT_MS = 30_000;

export interface TracedGate {
  readonly project: Project;
  readonly gate: GateProcess;
  readonly upstream: FakeUpstream;
  call(path: string, args?: readonly string[], as?: string | null): Promise<CurlAnswer>;
  /** Spans that were dropped, by reason, those with 0 left out. */
  dropped(): Promise<Record<string, number>>;
  /** The value of a metric without labels. */
  metric(name: string): Promise<number | undefined>;
  /** Lines about traces that the operator was told. */
  notices(): string[];
  close(): Promise<void>;
}

/** Lines below `traces:`; every span leaves soon. */
export function tracesTo(url: string, more = ''): string {
  return `traces:\n  collector: { url: "${url}"${more} }\n  share: 100%\n  every: 100ms\n`;
}

export async function startTracedGate(
  traces: string,
  prepare: (project: Project) => Promise<void> | void = () => undefined,
): Promise<TracedGate> {
  const upstream = await startFakeUpstream();
  const project = await makeProject({ upstream_url: upstream.url, more: traces });
  await prepare(project);
  const gate = await startGateProcess(project);
  const socket = `${project.folder}/data/admin.sock`;
  const samples = async (name: string) => samplesOf((await ask({ socket }, '/metrics')).body, name);
  return {
    project,
    gate,
    upstream,
    call: (path, args = [], as = 'acme-erp') => curl(project, gate.port, path, { args, as }),
    async dropped() {
      const all = await samples('sallyport_trace_spans_dropped_total');
      return Object.fromEntries(all.flatMap(({ labels, value }) => (value > 0 ? [[labels['reason'], value]] : [])));
    },
    metric: async (name) => (await samples(name))[0]?.value,
    notices: () =>
      gate
        .output()
        .split('\n')
        .filter((line) => line.startsWith('sallyport: traces: ')),
    async close() {
      await gate.stop();
      await upstream.close();
      project.remove();
    },
  };
}

/** Waits until it is so; fails after half a minute. */
export function until(what: string, test: () => boolean | Promise<boolean>): Promise<void> {
  return untilWithin(what, test, WAIT_MS);
}
