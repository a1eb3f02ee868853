/** The process of one layer: wires the gate's parts as the gate does, as far as the layer has them. */
import { randomBytes, randomFillSync } from 'node:crypto';
import { openListener } from '../../../src/channels/api/listener/listener.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { openAuditLog } from '../../../src/core/audit/index.ts';
import { createIdSource } from '../../../src/core/exchange/index.ts';
import { ConnectionAdmission, LimitMemory } from '../../../src/core/limits/index.ts';
import { createDialler, systemLookup } from '../../../src/core/resolver/index.ts';
import { keepBudgets } from '../../../src/wiring/keep-budgets.ts';
import { keepUsage } from '../../../src/wiring/keep-usage.ts';
import { keepVolumes } from '../../../src/wiring/keep-volumes.ts';
import { loadPlan } from '../../../src/wiring/load-plan.ts';
import { upstreamOpener } from '../../../src/wiring/open-upstream.ts';
import { liveFiles } from '../../../src/wiring/project-files.ts';
import { layerChannel } from './channel.ts';
import { has, type LayerName } from './layers.ts';

export interface LayerOptions {
  readonly layer: LayerName;
  readonly config: string;
}

const MAX_HEADER_BYTES = 16 * 1024;
const MAX_STREAMS = 100;

export async function serveLayer({ layer, config: path }: LayerOptions): Promise<void> {
  const now = () => Date.now();
  const monotonic = () => performance.now();
  const network = { dialler: createDialler({ lookup: systemLookup, now: monotonic }), monotonic, random: Math.random };
  const onNotice = (line: string) => process.stderr.write(`bench: ${layer}: ${line}\n`);
  const config = await loadConfig(path);
  const limits = new LimitMemory();
  const loaded = loadPlan(config, {
    now,
    openUpstream: upstreamOpener({ ...network, onHealth: () => undefined }),
    budgetsFor: keepBudgets(limits),
    files: liveFiles,
    judged: false,
    reads_ca_key: false,
  });
  const audit = has(layer, 'record')
    ? await openAuditLog({
        folder: `${config.data_folder}/audit`,
        now,
        segment_bytes: config.audit.segment_bytes,
        product_version: 'bench',
      })
    : null;
  const onRequest = layerChannel(layer, {
    now,
    monotonic,
    ids: createIdSource(now, (buffer) => randomFillSync(buffer)),
    plan: () => loaded.plan,
    draining: () => false,
    recordIntent: async (intent) => audit?.intent(intent),
    recordOutcome: async (outcome) => audit?.outcome(outcome),
    samples: () => false,
    onOutcome: () => undefined,
    volumes: keepVolumes(config.data_folder, 1, onNotice).memory,
    usage: keepUsage(config.data_folder, 1, loaded.contracts, { now, onNotice }).book,
    onDefect: (error, step) => onNotice(`defect in ${step}: ${error instanceof Error ? error.stack : ''}`),
    upstream: loaded.upstreams.get('orders')!,
    upstream_authority: config.apis[0]!.upstream.url.host,
  });
  const [part] = loaded.listeners;
  if (!part) throw new Error('the configuration has no listener');
  const { zone, listen, tls } = part;
  const listener = await openListener({
    zone: zone.id,
    address: listen.address,
    port: listen.port,
    descriptor: null,
    spare: null,
    names: new Set(listen.names),
    tls,
    timeouts: zone.timeouts,
    max_header_bytes: MAX_HEADER_BYTES,
    max_streams: MAX_STREAMS,
    admission: new ConnectionAdmission(zone.connections, { memory: limits, zone: zone.id }),
    now: monotonic,
    ticket_key: randomBytes(48),
    onRequest,
    onRefused: () => Promise.resolve(),
  });
  process.once('SIGTERM', async () => {
    await listener.drain(1000);
    await audit?.close();
    process.exit();
  });
  process.send?.(listener.port);
}
