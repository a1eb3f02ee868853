/** From the files as written to the configuration as the gate uses it. Runs only when there is no fault. */
import { join, resolve } from 'node:path';
import { ADMIN_SOCKET } from '../admin/config.ts';
import type { SecretReference } from '../core/settings/config.ts';
import type {
  ApiConfig,
  CaConfig,
  EndpointConfig,
  FileReference,
  GateConfig,
  ListenerConfig,
  MachineConfig,
  PartyConfig,
  PolicyFile,
  TracesConfig,
  UpstreamConfig,
  ZoneConfig,
} from './gate-config.ts';
import type { KeyPath, Positions } from './positions.ts';
import { displayName, type Project } from './project-files.ts';
import type { GateFile, PartyFile } from './schema.ts';

/** A file without faults. */
export interface SoundFile<Value> {
  readonly value: Value;
  readonly positions: Positions;
}

export function resolveConfig(
  project: Project,
  gate: SoundFile<GateFile>,
  parties: readonly SoundFile<PartyFile>[],
  policies: readonly PolicyFile[],
): GateConfig {
  const { value, positions } = gate;
  const resolver = new Resolver(project, positions, value.gate.locality ?? null);
  return {
    file: project.file,
    folder: project.folder,
    name: value.gate.name,
    data_folder: resolve(project.folder, value.gate.data),
    workers: value.gate.workers,
    zones: Object.entries(value.zones).map(([id, zone]) => resolver.zone(id, zone)),
    groups: Object.entries(value.groups).map(([id, group]) => ({
      id,
      parents: group.in,
      source: positions.key(['groups', id]),
    })),
    parties: parties.map(resolveParty),
    machines: parties.flatMap(resolveMachines),
    policies,
    apis: Object.entries(value.apis).map(([id, api]) => resolver.api(id, api)),
    limits: value.limits,
    audit: value.audit,
    admin: {
      listen: value.admin.listen,
      socket: resolve(project.folder, value.admin.socket ?? join(value.gate.data, ADMIN_SOCKET)),
    },
    traces: value.traces === undefined ? null : resolver.traces(value.traces),
    ca: value.ca === undefined ? null : resolver.ca(value.ca),
  };
}

class Resolver {
  readonly #project: Project;
  readonly #positions: Positions;
  readonly #locality: string | null;

  constructor(project: Project, positions: Positions, locality: string | null) {
    this.#locality = locality;
    this.#project = project;
    this.#positions = positions;
  }

  zone(id: string, zone: GateFile['zones'][string]): ZoneConfig {
    const path = ['zones', id];
    return {
      id,
      listen: zone.listen.map((listener, index) => this.#listener(listener, [...path, 'listen', index])),
      trust: Object.entries(zone.trust).map(([name, file]) => ({
        name,
        ...this.#file(file, [...path, 'trust', name]),
      })),
      tls: zone.tls,
      connections: zone.connections,
      timeouts: zone.timeouts,
      source: this.#positions.key(path),
    };
  }

  api(id: string, api: GateFile['apis'][string]): ApiConfig {
    const path = ['apis', id];
    return {
      id,
      contract: this.#file(api.contract, [...path, 'contract']),
      overlays: api.overlays.map((file, index) => this.#file(file, [...path, 'overlays', index])),
      review: {
        ...this.#file(reviewName(api.contract), [...path, 'contract']),
        required: api.review === 'required',
      },
      zones: api.zones,
      prefix: api.path,
      upstream: this.#upstream(api.upstream, [...path, 'upstream']),
      limits: api.limits,
      guards: api.guards,
      source: this.#positions.key(path),
    };
  }

  traces({ collector, ...traces }: NonNullable<GateFile['traces']>): TracesConfig {
    const { url, trust = 'system', server_name = null, timeouts } = collector;
    const file = trust === 'system' ? trust : this.#file(trust, ['traces', 'collector', 'trust']);
    return { ...traces, collector: { url, trust: file, server_name, timeouts } };
  }

  ca({ certificate, key, validity }: NonNullable<GateFile['ca']>): CaConfig {
    return {
      certificate: this.#file(certificate, ['ca', 'certificate']),
      key: this.#secret(key),
      key_source: this.#positions.value(['ca', 'key']),
      validity_ms: validity,
    };
  }

  #listener(listener: GateFile['zones'][string]['listen'][number], path: KeyPath): ListenerConfig {
    const { chain, key } = listener.certificate;
    return {
      address: listener.address,
      port: listener.port,
      names: listener.names,
      certificate: {
        chain: this.#file(chain, [...path, 'certificate', 'chain']),
        key: this.#secret(key),
        key_source: this.#positions.value([...path, 'certificate', 'key']),
      },
      source: this.#positions.key(path),
    };
  }

  #upstream(upstream: GateFile['apis'][string]['upstream'], path: KeyPath): UpstreamConfig {
    const { trust = 'system' } = upstream;
    return {
      url: upstream.url,
      endpoints: resolveEndpoints(upstream),
      gate_locality: this.#locality,
      trust: trust === 'system' ? trust : this.#file(trust, [...path, 'trust']),
      server_name: upstream.server_name ?? null,
      connections: upstream.connections,
      timeouts: upstream.timeouts,
      ejection: upstream.ejection,
      health: upstream.health ?? null,
      retries: upstream.retries,
      retry_budget: upstream.retry_budget,
      breaker: upstream.breaker,
      source: this.#positions.key(path),
    };
  }

  #file(name: string, path: KeyPath): FileReference {
    return {
      path: resolve(this.#project.folder, name),
      file: displayName(this.#project.file, name),
      source: this.#positions.value(path),
    };
  }

  #secret(reference: SecretReference): SecretReference {
    return { ...reference, path: resolve(this.#project.folder, reference.path) };
  }
}

function resolveEndpoints({ url, endpoints }: GateFile['apis'][string]['upstream']): EndpointConfig[] {
  const url_port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const given = endpoints ?? [{ host: url.hostname, weight: 1 }];
  return given.map(({ host, port = url_port, weight, locality = null }) => ({ host, port, weight, locality }));
}

/** `contracts/orders.review.yaml` for `contracts/orders.yaml`. */
function reviewName(contract: string): string {
  return `${contract.replace(/\.(?:ya?ml|json)$/i, '')}.review.yaml`;
}

function resolveParty({ value, positions }: SoundFile<PartyFile>): PartyConfig {
  return {
    id: value.party,
    name: value.name ?? value.party,
    groups: value.groups,
    suspended: value.suspended,
    source: positions.value(['party']),
  };
}

function resolveMachines({ value, positions }: SoundFile<PartyFile>): MachineConfig[] {
  return Object.entries(value.machines).map(([id, machine]) => ({
    id,
    party: value.party,
    groups: machine.groups,
    zones: machine.zones ?? null,
    suspended: machine.suspended,
    limits: { rate: machine.limits?.rate ?? null, concurrency: machine.limits?.concurrency ?? null },
    credentials: machine.credentials.map((credential, index) => ({
      ...credential,
      source: positions.key(['machines', id, 'credentials', index]),
    })),
    source: positions.key(['machines', id]),
  }));
}
