export type {
  AddressEntry,
  AddressHealth,
  AddressState,
  CheckState,
  EjectionCause,
  Endpoint,
} from './address-entry.ts';
export {
  type AddressChange,
  type AddressSet,
  type AddressSetOptions,
  type CheckThresholds,
  createAddressSet,
  type EjectionOptions,
} from './addresses.ts';
export { type DialCode, DialError } from './dial-error.ts';
export {
  createDialler,
  type Dialled,
  type Dialler,
  type DiallerOptions,
  type DialTarget,
  type DialTimeouts,
} from './dialler.ts';
export { type Address, isDialable, isLoopbackLiteral, literalAddress } from './literals.ts';
export { createSystemResolver, type Lookup, type NameResolver, type Resolution, systemLookup } from './names.ts';
export type { OutlierOptions } from './outliers.ts';
export { createProber, type ProbeRequest, type ProbeResult, type Prober, type ProbeStep } from './prober.ts';
export { RecentCounts } from './recent-counts.ts';
export { SpareDescriptors, type SpareDescriptorsOptions } from './spare-descriptors.ts';
export type { TcpConnect } from './tcp-connect.ts';
export {
  createTlsClient,
  type TlsClient,
  type TlsClientOptions,
  type TlsClientProfile,
  type UpstreamEvidence,
} from './tls-client.ts';
