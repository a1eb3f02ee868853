import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import type { BudgetOptions, Budgets } from '../channels/api/budgets.ts';
import { buildMatcher, type Contract, type Viewer } from '../channels/api/contract/index.ts';
import type { ListenerTls } from '../channels/api/listener/options.ts';
import type { ApiPlan, PlannedOperation, ZonePlan } from '../channels/api/plan.ts';
import type { Upstream } from '../channels/api/upstream/upstream.ts';
import type { ApiConfig, GateConfig, ListenerConfig, ZoneConfig } from '../config/load.ts';
import type { Caller } from '../core/exchange/index.ts';
import { buildRegistry, type Registry } from '../core/identity/index.ts';
import type { PolicyEngine } from '../core/policy/index.ts';
import { createTlsClient } from '../core/resolver/index.ts';
import {
  createChainMemory,
  createTrustStore,
  loadServerIdentity,
  readCaKey,
  serverTlsOptions,
  type TrustBundle,
  type TrustStore,
} from '../core/trust/index.ts';
import { FaultCollector, type NamedFile } from './collect.ts';
import { checkReviews } from './contract-review.ts';
import type { PlannedTraces } from './keep-traces.ts';
import { faultsIn, type OpenUpstream } from './open-upstream.ts';
import { caFiles, type PlannedCa, planCa } from './plan-ca.ts';
import { planOperations } from './plan-operations.ts';
import { loadContracts, loadPolicyEngine } from './policy-model.ts';
import type { ProjectFiles } from './project-files.ts';
import { readText } from './read-text.ts';
import { registryInput } from './registry-input.ts';

export interface LoadedPlan {
  readonly plan: ApiPlan;
  readonly contracts: readonly Contract[];
  /** What is allowed and an operator should know, one sentence each. */
  readonly warnings: readonly string[];
  readonly policy: PolicyEngine;
  readonly registry: Registry;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  /** Null where no traces are exported. */
  readonly traces: PlannedTraces | null;
  /** Null where nothing is issued. */
  readonly ca: PlannedCa | null;
  /** TLS of each listener, in the order of the configuration. */
  readonly listeners: readonly {
    readonly zone: ZoneConfig;
    readonly listen: ListenerConfig;
    readonly tls: ListenerTls;
  }[];
}

export interface LoadPorts {
  readonly now: () => number;
  readonly openUpstream: OpenUpstream;
  readonly files: ProjectFiles;
  /** Whether this configuration was loaded from these very files before, and no fault was found. */
  readonly judged: boolean;
  /** Whether the key of the CA is judged too; a gate leaves it to the signer. */
  readonly reads_ca_key: boolean;
  /** The budgets of these options; the same ones as before where the options are, so that a reload forgives nothing. */
  readonly budgetsFor: (options: BudgetOptions) => Budgets;
}

/**
 * Compiles a configuration and everything it names into the plan that exchanges walk. Nothing of a plan that does
 * not load takes effect.
 *
 * @throws LoadError with all faults found
 */
export function loadPlan(config: GateConfig, ports: LoadPorts): LoadedPlan {
  const faults = new FaultCollector();
  const now_ms = ports.now();
  const digest = createHash('sha256').update(JSON.stringify(config));

  const registry = faults.try(() => buildRegistry(registryInput(config)));
  const bundles = readBundles(config, ports.files, faults, digest);
  const stores = new Map<string, TrustStore>();
  for (const zone of config.zones) {
    const own = zone.trust.flatMap(({ name, file }) => {
      const pem = bundles.get(name);
      return pem === undefined ? [] : [{ name, file, pem }];
    });
    const named = zone.trust.map(({ name, file, source }) => ({
      path: file,
      shown: file,
      source,
      key: `zones.${zone.id}.trust.${name}`,
    }));
    const store = faults.tryNamed(named, () => createTrustStore(own, { now_ms }));
    if (store) stores.set(zone.id, store);
  }
  const listeners = loadListeners(config, ports, faults, digest);
  const traces = faults.try(() => loadTraces(config, ports.files, digest)) ?? null;
  const ca = loadCa(config, ports, bundles, faults, digest);
  const contracts = loadContracts(config, faults, ports.files);
  for (const contract of contracts) digest.update(contract.digest);
  faults.raise();

  const warnings = faults.try(() => checkReviews(config.apis, contracts, ports.files)) ?? [];
  const policy = faults.try(() => loadPolicyEngine(config, contracts, ports.judged));
  try {
    const matchers = new Map(
      config.zones.map((zone) => [zone.id, faults.try(() => buildMatcher(mountsOf(zone, config, contracts)))]),
    );
    const upstream_trust = new Map(
      config.apis.map((api) => [api.id, faults.try(() => upstreamCa(api, ports.files, digest))] as const),
    );
    faults.raise();

    const upstreams = new Map(config.apis.map((api) => [api.id, ports.openUpstream(api, upstream_trust.get(api.id)!)]));
    const operations = planOperations(config, contracts, upstreams);
    const budgets = ports.budgetsFor({
      ...config.limits,
      machines: new Map(config.machines.map((machine) => [machine.id, machine.limits])),
    });
    const plan: ApiPlan = {
      digest: digest.digest('hex'),
      zones: new Map(
        config.zones.map((zone) => [
          zone.id,
          planZone(zone, {
            registry: registry!,
            policy: policy!,
            trust: stores.get(zone.id)!,
            budgets,
            operations,
            matcher: matchers.get(zone.id)!,
          }),
        ]),
      ),
    };
    for (const contract of contracts) contract.release();
    return { plan, contracts, warnings, policy: policy!, registry: registry!, upstreams, traces, ca, listeners };
  } catch (error) {
    // Of a plan that does not load nothing stays, the kept policies in the library's memory least of all.
    policy?.close();
    throw error;
  }
}

type Digest = ReturnType<typeof createHash>;

function identityRequest({ certificate: { chain, key }, names }: ListenerConfig, { now, files }: LoadPorts) {
  return { chain_path: chain.path, key_path: key.path, names, now_ms: now(), files };
}

function certificateFiles({ certificate }: ListenerConfig, key: string, folder: string): readonly NamedFile[] {
  const { chain, key: secret, key_source } = certificate;
  return [
    { path: chain.path, shown: chain.file, source: chain.source, key: `${key}.chain` },
    { path: secret.path, shown: relative(folder, secret.path), source: key_source, key: `${key}.key` },
  ];
}

/** The PEM text of each trust name. */
function readBundles(
  config: GateConfig,
  files: ProjectFiles,
  faults: FaultCollector,
  digest: Digest,
): Map<string, string> {
  const bundles = new Map<string, string>();
  for (const zone of config.zones) {
    for (const trust of zone.trust) {
      if (bundles.has(trust.name)) continue;
      const pem = faults.try(() => readText(trust, `zones.${zone.id}.trust.${trust.name}`, files));
      if (pem === undefined) continue;
      bundles.set(trust.name, pem);
      digest.update(pem);
    }
  }
  return bundles;
}

function loadListeners(
  config: GateConfig,
  ports: LoadPorts,
  faults: FaultCollector,
  digest: Digest,
): LoadedPlan['listeners'] {
  return config.zones.flatMap((zone) =>
    zone.listen.flatMap((listen, index) => {
      const key = `zones.${zone.id}.listen[${index}].certificate`;
      const named = certificateFiles(listen, key, config.folder);
      const identity = faults.tryNamed(named, () => loadServerIdentity(identityRequest(listen, ports)));
      if (!identity) return [];
      digest.update(identity.thumbprint);
      // No CA for OpenSSL: core/trust judges the client's chain. It would add their roots to the chain that is sent,
      // and name every partner's CA to strangers (RFC 8446 section 4.2.4 leaves the list to the server).
      const tls = { ...serverTlsOptions(zone.tls), cert: identity.cert, key: identity.key, ca: [] };
      return [{ zone, listen, tls }];
    }),
  );
}

/** The key is no part of the digest: it follows from the certificate. */
function loadCa(
  { ca, folder }: GateConfig,
  { files, now, reads_ca_key }: LoadPorts,
  bundles: ReadonlyMap<string, string>,
  faults: FaultCollector,
  digest: Digest,
): PlannedCa | null {
  if (ca === null) return null;
  const named = caFiles(ca, folder);
  const trusts: TrustBundle[] = [...bundles].map(([name, pem]) => ({ name, pem }));
  const request = { ca, files, bundles: trusts, named, now_ms: now() };
  const planned = faults.tryNamed(named, () => planCa(request));
  if (planned === undefined) return null;
  digest.update(planned.certificate);
  if (reads_ca_key) faults.tryNamed(named, () => readCaKey({ ...planned, files }));
  return planned;
}

function mountsOf(zone: ZoneConfig, config: GateConfig, contracts: readonly Contract[]) {
  return config.apis
    .filter((api) => api.zones.includes(zone.id))
    .map(({ id, prefix }) => ({ prefix, contract: contracts.find((contract) => contract.api === id)! }));
}

function upstreamCa({ id, upstream }: ApiConfig, files: ProjectFiles, digest: Digest): readonly string[] | 'system' {
  if (upstream.trust === 'system') return 'system';
  const pem = readText(upstream.trust, `apis.${id}.upstream.trust`, files);
  digest.update(pem);
  return [pem];
}

/** The bundle is tried here: when the plan comes in force, nothing can fail any more. */
function loadTraces({ traces }: GateConfig, files: ProjectFiles, digest: Digest): PlannedTraces | null {
  if (traces === null) return null;
  const { trust, url, server_name } = traces.collector;
  const tryBundle = (ca: PlannedTraces['ca']) => createTlsClient({ server_name: server_name ?? url.hostname, ca });
  if (trust === 'system') {
    if (url.protocol === 'https:') tryBundle(trust);
    return { config: traces, ca: trust };
  }
  const key = 'traces.collector.trust';
  const pem = readText(trust, key, files);
  faultsIn(trust, key, () => tryBundle([pem]));
  digest.update(pem);
  return { config: traces, ca: [pem] };
}

const REMEMBERED_CHAINS = 4096;

function planZone(
  zone: ZoneConfig,
  parts: {
    registry: Registry;
    policy: PolicyEngine;
    trust: TrustStore;
    budgets: Budgets;
    operations: ReadonlyMap<string, PlannedOperation>;
    matcher: ZonePlan['matcher'];
  },
): ZonePlan {
  const viewers = new Map<string, Viewer>();
  return {
    id: zone.id,
    tls: zone.tls,
    chains: createChainMemory(REMEMBERED_CHAINS),
    ...parts,
    timeouts: { body_ms: zone.timeouts.body_ms, total_ms: zone.timeouts.total_ms },
    viewerOf(caller: Caller) {
      let viewer = viewers.get(caller.machine);
      if (!viewer) {
        viewer = new Set([caller.party, ...caller.groups]);
        viewers.set(caller.machine, viewer);
      }
      return viewer;
    },
  };
}
