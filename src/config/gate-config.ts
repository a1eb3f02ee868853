/**
 * The configuration as the rest of the gate sees it: every default filled, every path absolute, every duration in
 * milliseconds and every size in bytes. Everything that a later loader may find fault with keeps its `source`.
 */
import type { CredentialConfig } from '../core/identity/config.ts';
import type { SecretReference } from '../core/settings/config.ts';
import type { Rate } from '../protocol/units/rate.ts';
import type { SourcePosition } from './positions.ts';
import type { GateFile } from './schema.ts';

export type { CredentialConfig, Rate, SecretReference, SourcePosition };

/** A file the configuration names, not read by the loader. */
export interface FileReference {
  /** Absolute path. */
  readonly path: string;
  /** The path for messages: as the user would name it. */
  readonly file: string;
  /** Where the configuration names it. */
  readonly source: SourcePosition;
}

type ZoneFile = GateFile['zones'][string];
type ApiFile = GateFile['apis'][string];
type UpstreamFile = ApiFile['upstream'];
type TracesFile = NonNullable<GateFile['traces']>;

export interface ListenerConfig {
  /** Literal address; 0.0.0.0 and :: bind every address. */
  readonly address: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Host names served, at least one, lower case. */
  readonly names: readonly string[];
  readonly certificate: {
    readonly chain: FileReference;
    /** The path is absolute. */
    readonly key: SecretReference;
    readonly key_source: SourcePosition;
  };
  readonly source: SourcePosition;
}

export interface TrustConfig extends FileReference {
  /** The trust name that credentials refer to. */
  readonly name: string;
}

export interface ZoneConfig {
  readonly id: string;
  readonly listen: readonly ListenerConfig[];
  /** Bundles of CAs for client certificates; a name that several zones use stands for one file. */
  readonly trust: readonly TrustConfig[];
  readonly tls: ZoneFile['tls'];
  readonly connections: ZoneFile['connections'];
  readonly timeouts: ZoneFile['timeouts'];
  readonly source: SourcePosition;
}

export interface GroupConfig {
  readonly id: string;
  /** The groups this one belongs to directly; all exist and there is no cycle. */
  readonly parents: readonly string[];
  readonly source: SourcePosition;
}

export interface PartyConfig {
  readonly id: string;
  /** Title for people; the id where none is given. */
  readonly name: string;
  readonly groups: readonly string[];
  readonly suspended: boolean;
  readonly source: SourcePosition;
}

export interface MachineConfig {
  readonly id: string;
  readonly party: string;
  /** The machine's own groups, without those of its party. */
  readonly groups: readonly string[];
  /** Null: any zone that trusts the credential. */
  readonly zones: readonly string[] | null;
  readonly suspended: boolean;
  /** Budgets in place of the general ones; null where the general one holds. */
  readonly limits: { readonly rate: Rate | null; readonly concurrency: number | null };
  readonly credentials: readonly (CredentialConfig & { readonly source: SourcePosition })[];
  readonly source: SourcePosition;
}

export interface PolicyFile {
  readonly path: string;
  readonly file: string;
  readonly text: string;
}

/** Where an upstream is reached. */
export interface EndpointConfig {
  /** A name, or an address as it stands in a URL. */
  readonly host: string;
  readonly port: number;
  readonly weight: number;
  readonly locality: string | null;
}

export interface UpstreamConfig {
  /** http only with a literal loopback host. The path is the base path. */
  readonly url: URL;
  /** At least one; that of url where the file names none. */
  readonly endpoints: readonly EndpointConfig[];
  /** Where the gate stands, as `gate.locality` says; null where it does not. */
  readonly gate_locality: string | null;
  /** `system`: the CAs of the system. */
  readonly trust: 'system' | FileReference;
  /** Name the certificate must carry; null where the host of url is it. */
  readonly server_name: string | null;
  readonly connections: number;
  readonly timeouts: UpstreamFile['timeouts'];
  readonly ejection: UpstreamFile['ejection'];
  /** Null: addresses are judged by exchanges alone. */
  readonly health: NonNullable<UpstreamFile['health']> | null;
  readonly retries: number;
  readonly retry_budget: UpstreamFile['retry_budget'];
  readonly breaker: UpstreamFile['breaker'];
  readonly source: SourcePosition;
}

export interface ApiConfig {
  readonly id: string;
  readonly contract: FileReference;
  /** Applied to the contract in this order. */
  readonly overlays: readonly FileReference[];
  /** The review file beside the contract, which need not be there, and whether it must hold every operation. */
  readonly review: FileReference & { readonly required: boolean };
  readonly zones: readonly string[];
  /** '' or a path such as `/orders-api`, without a final slash. */
  readonly prefix: string;
  readonly upstream: UpstreamConfig;
  readonly limits: ApiFile['limits'];
  readonly guards: ApiFile['guards'];
  readonly source: SourcePosition;
}

/** The collector that traces go to. */
export interface CollectorConfig {
  /** http only with a literal loopback host. The path is the base path. */
  readonly url: URL;
  /** `system`: the CAs of the system. */
  readonly trust: 'system' | FileReference;
  /** Name the certificate must carry; null where the host of url is it. */
  readonly server_name: string | null;
  readonly timeouts: TracesFile['collector']['timeouts'];
}

export interface TracesConfig extends Omit<TracesFile, 'collector'> {
  readonly collector: CollectorConfig;
}

/** The CA that certifies machines of partners. */
export interface CaConfig {
  readonly certificate: FileReference;
  /** The path is absolute. */
  readonly key: SecretReference;
  readonly key_source: SourcePosition;
  /** Of what it issues. */
  readonly validity_ms: number;
}

export interface GateConfig {
  /** The configuration file as the user named it. */
  readonly file: string;
  /** Absolute path of the project folder, where sallyport.yaml is. */
  readonly folder: string;
  readonly name: string;
  /** Absolute path. */
  readonly data_folder: string;
  /** Processes that carry exchanges. */
  readonly workers: GateFile['gate']['workers'];
  readonly zones: readonly ZoneConfig[];
  readonly groups: readonly GroupConfig[];
  readonly parties: readonly PartyConfig[];
  readonly machines: readonly MachineConfig[];
  readonly policies: readonly PolicyFile[];
  readonly apis: readonly ApiConfig[];
  readonly limits: GateFile['limits'];
  readonly audit: GateFile['audit'];
  readonly admin: {
    readonly listen: GateFile['admin']['listen'];
    /** Absolute path. */
    readonly socket: string;
  };
  /** Null: no traces are exported. */
  readonly traces: TracesConfig | null;
  /** Null: nothing is issued, and there is no signer. */
  readonly ca: CaConfig | null;
}
