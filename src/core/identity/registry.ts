import type { RefusalCode } from '../errors/codes.ts';
import { type Fault, LoadError } from '../errors/faults.ts';
import type { CertificateFacts } from '../trust/facts.ts';
import { credentialKey, describeCredential, dnsKey, thumbprintKey, uriKey } from './credentials.ts';
import { closeGroups, expandGroups, type GroupClosure } from './groups.ts';
import { checkRegistry } from './registry-checks.ts';
import type { MachineInput, PartyInput, RegistryInput } from './registry-input.ts';

/** Who came: one machine of one party. */
export interface Principal {
  readonly machine: string;
  readonly party: string;
  /** All groups of the machine and of its party, with every group above them, sorted. */
  readonly groups: readonly string[];
  /** The credential that matched, for the record: `uri spiffe://acme.example/erp under acme-ca`. */
  readonly credential: string;
}

export interface IdentifyRequest {
  /** Name of the trust whose anchor the chain was verified to; null where the certificate is only pinned. */
  readonly trust: string | null;
  readonly facts: CertificateFacts;
  readonly zone: string;
}

export type Identification =
  | { readonly ok: true; readonly principal: Principal }
  | { readonly ok: false; readonly code: RefusalCode };

export interface Registry {
  /**
   * Finds the one machine a verified certificate names. In this order it refuses with AUTHN_MACHINE_AMBIGUOUS,
   * AUTHN_MACHINE_UNKNOWN, AUTHN_MACHINE_SUSPENDED, AUTHN_ZONE. Does not throw.
   */
  identify(request: IdentifyRequest): Identification;
  /** Whether some machine is known by this very certificate (SHA-256 of the DER, lower-case hex). */
  pinned(thumbprint: string): boolean;
}

interface Entry {
  readonly principal: Principal;
  readonly zones: ReadonlySet<string> | null;
  readonly suspended: boolean;
}

/**
 * Builds the registry of parties and machines.
 *
 * @throws LoadError with every fault found: CONFIG_DUPLICATE, CONFIG_REFERENCE, CONFIG_VALUE
 */
export function buildRegistry(input: RegistryInput): Registry {
  const faults: Fault[] = checkRegistry(input);
  const closure = closeGroups(input.groups, faults);
  if (faults.length > 0) throw new LoadError(faults);
  const parties = new Map(input.parties.map((party) => [party.id, party]));
  const entries = new Map(input.machines.flatMap((machine) => entriesOf(machine, parties, closure)));
  return {
    identify: (request) => identify(entries, request),
    pinned: (thumbprint) => entries.has(thumbprintKey(thumbprint)),
  };
}

/** One entry for each credential; they differ in `principal.credential` alone. */
function entriesOf(
  machine: MachineInput,
  parties: ReadonlyMap<string, PartyInput>,
  closure: GroupClosure,
): [string, Entry][] {
  const party = parties.get(machine.party);
  if (!party) return [];
  const groups = expandGroups([...party.groups, ...machine.groups], closure);
  const zones = machine.zones ? new Set(machine.zones) : null;
  return machine.credentials.map((credential) => [
    credentialKey(credential),
    {
      principal: Object.freeze({
        machine: machine.id,
        party: party.id,
        groups: Object.freeze(groups),
        credential: describeCredential(credential),
      }),
      zones,
      suspended: machine.suspended || party.suspended,
    },
  ]);
}

function identify(entries: ReadonlyMap<string, Entry>, { trust, facts, zone }: IdentifyRequest): Identification {
  const found = lookUpKeys(trust, facts).flatMap((key) => entries.get(key) ?? []);
  const entry = found[0];
  if (!entry) return { ok: false, code: 'AUTHN_MACHINE_UNKNOWN' };
  if (found.some((other) => other.principal.machine !== entry.principal.machine)) {
    return { ok: false, code: 'AUTHN_MACHINE_AMBIGUOUS' };
  }
  if (entry.suspended) return { ok: false, code: 'AUTHN_MACHINE_SUSPENDED' };
  if (entry.zones && !entry.zones.has(zone)) return { ok: false, code: 'AUTHN_ZONE' };
  return { ok: true, principal: entry.principal };
}

/** Names count only under the trust they were verified to: a partner's CA can mint any name, for itself alone. */
function lookUpKeys(trust: string | null, facts: CertificateFacts): string[] {
  const pinned = thumbprintKey(facts.thumbprint);
  if (trust === null) return [pinned];
  return [
    pinned,
    ...facts.uris.map((uri) => uriKey(trust, uri)),
    ...facts.dns_names.map((name) => dnsKey(trust, name)),
  ];
}
